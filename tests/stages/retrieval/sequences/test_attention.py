"""Attention by hand against torch's own layer, and what a token may not see."""

import pytest
import torch
from torch import nn

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval.sequences.attention import Block, CausalAttention
from course_lib.stages.retrieval.sequences.sequence_net import SequenceNet, tokens_of


def twin(block: Block, width: int, heads: int) -> nn.TransformerEncoderLayer:
    """torch's layer with the block's weights."""
    layer = nn.TransformerEncoderLayer(width, heads, dim_feedforward=width, dropout=0.0, activation="relu",
                                       batch_first=True, norm_first=True)
    pairs = [(layer.self_attn.in_proj_weight, block.attention.into_three.weight),
             (layer.self_attn.in_proj_bias, block.attention.into_three.bias)]
    pairs += zip([*layer.self_attn.out_proj.parameters(), *layer.norm1.parameters(), *layer.norm2.parameters(),
                  *layer.linear1.parameters(), *layer.linear2.parameters()],
                 [*block.attention.out.parameters(), *block.before_attention.parameters(),
                  *block.before_feed.parameters(), *block.feed[0].parameters(), *block.feed[3].parameters()],
                 strict=True)
    with torch.no_grad():
        for theirs, ours in pairs:
            theirs.copy_(ours)
    return layer


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_a_block_with_the_weights_of_torchs_layer_gives_its_answer(heads):
    torch.manual_seed(heads)
    block = Block(16, heads)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    x, mask = torch.randn(3, 7, 16), nn.Transformer.generate_square_subsequent_mask(7)
    theirs = twin(block, 16, heads)(x, src_mask=mask, is_causal=True)
    assert torch.allclose(block(x), theirs, atol=1e-5)


def test_weights_are_means_over_the_past():
    weight = CausalAttention(8, 2).weights(torch.randn(4, 5, 8))
    assert weight.shape == (4, 2, 5, 5)
    assert torch.allclose(weight.sum(-1), torch.ones(4, 2, 5))
    assert (weight.triu(1) == 0).all() and (weight[..., 0, 0] == 1).all()


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ArgumentError, match="heads is 3, width 8"):
        CausalAttention(8, 3)


@pytest.fixture
def net():
    torch.manual_seed(0)
    return SequenceNet(5, 9, 8, max_length=6, heads=2).eval()


def test_a_later_item_never_changes_what_an_earlier_place_says(net):
    token = torch.randint(0, 9, (2, 6))
    before = net(token)
    for place in range(6):
        changed = token.clone()
        changed[:, place:] = (changed[:, place:] + 1) % 9
        after = net(changed)
        assert torch.equal(after[:, :place], before[:, :place])
        assert not torch.allclose(after[:, place], before[:, place])


def test_the_order_of_the_past_matters(net):
    token = torch.tensor([[9, 1, 2, 3], [9, 2, 1, 3]])
    one, other = net(token)[:, -1]
    assert not torch.allclose(one, other, atol=1e-3)


def test_who_else_is_asked_and_how_long_their_past_is_changes_nothing(net):
    history = torch.tensor([4, 2, 7, 7, 1, 0, 3, 5])
    offset, length = torch.tensor([0, 2, 2]), torch.tensor([2.0, 0.0, 6.0])
    together = net.embed_user(None, history, offset, length)
    alone = [net.embed_user(None, history[o:o + n], torch.tensor([0]), torch.tensor([float(n)]))
             for o, n in ((0, 2), (2, 0), (2, 6))]
    assert torch.allclose(together, torch.cat(alone), atol=1e-6)
    assert net.embed_user(None, history, offset[:0], length[:0]).shape == (0, 8)


def test_tokens_stand_oldest_first_and_the_latest_are_kept():
    history, offset, length = torch.tensor([4, 2, 7, 7, 1]), torch.tensor([0, 2, 2]), torch.tensor([2, 0, 3])
    token, size = tokens_of(history, offset, length, 4, 9)
    assert token.tolist() == [[9, 4, 2, 9], [9, 9, 9, 9], [9, 7, 7, 1]] and size.tolist() == [3, 1, 4]
    token, size = tokens_of(history, offset, length, 2, 9)
    assert token.tolist() == [[4, 2], [9, 9], [7, 1]] and size.tolist() == [2, 1, 2]
