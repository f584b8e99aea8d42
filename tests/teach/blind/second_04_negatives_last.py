"""Solutions of lesson 04, written blind: from the notebook's text alone."""

import numpy as np
import torch
from blind_book import right, wrong
from sklearn.linear_model import Ridge


@wrong("negatives.7", "Neither side is centred.")
def content_to_vector(content, vectors, new_content, l2):
    weight = np.linalg.solve(content.T @ content + l2 * np.eye(content.shape[1]), content.T @ vectors)
    return new_content @ weight


@wrong("negatives.7", "The mean of the vectors is not added back.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.solve(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ y)
    return (new_content - content.mean(0)) @ weight


@wrong("negatives.7", "The new content is not centred.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.solve(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ y)
    return new_content @ weight + vectors.mean(0)


@wrong("negatives.7", "The new content is centred on its own mean, not on that of the known items.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.solve(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ y)
    return (new_content - new_content.mean(0)) @ weight + vectors.mean(0)


@wrong("negatives.7", "The penalty stands beside the mean squared error, so it is N times too strong.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.solve(x.T @ x / len(x) + l2 * np.eye(x.shape[1]), x.T @ y / len(x))
    return (new_content - content.mean(0)) @ weight + vectors.mean(0)


@wrong("negatives.7", "No penalty: plain least squares.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.lstsq(x, y, rcond=None)[0]
    return (new_content - content.mean(0)) @ weight + vectors.mean(0)


@wrong("negatives.7", "A column of ones in place of centring: the constant is penalised with the weights.")
def content_to_vector(content, vectors, new_content, l2):
    x = np.column_stack([np.ones(len(content)), content])
    weight = np.linalg.solve(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ vectors)
    return np.column_stack([np.ones(len(new_content)), new_content]) @ weight


@wrong("negatives.7", "Content is divided by its spread too, so the penalty weighs each column differently.")
def content_to_vector(content, vectors, new_content, l2):
    mean, spread = content.mean(0), np.maximum(content.std(0), 1e-9)
    model = Ridge(alpha=l2).fit((content - mean) / spread, vectors)
    return model.predict((new_content - mean) / spread).reshape(len(new_content), -1)


@wrong("negatives.7", "The penalty is squared, as if l2 were the factor in front of the weights themselves.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.solve(x.T @ x + l2**2 * np.eye(x.shape[1]), x.T @ y)
    return (new_content - content.mean(0)) @ weight + vectors.mean(0)


@wrong("negatives.7", "l2 is added to every cell of the matrix, not to its diagonal.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.pinv(x.T @ x + l2) @ (x.T @ y)
    return (new_content - content.mean(0)) @ weight + vectors.mean(0)


@wrong("negatives.7", "Half the penalty: the two of the derivative is kept on one side only.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(0), vectors - vectors.mean(0)
    weight = np.linalg.solve(2 * x.T @ x + l2 * np.eye(x.shape[1]), 2 * x.T @ y)
    return (new_content - content.mean(0)) @ weight + vectors.mean(0)


@wrong("negatives.7", "The mean of all of the table, one number, in place of a mean for each column.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = content - content.mean(), vectors - vectors.mean()
    weight = np.linalg.solve(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ y)
    return (new_content - content.mean()) @ weight + vectors.mean()


@right("negatives.7", "scikit-learn's Ridge with an intercept, which is not penalised.")
def content_to_vector(content, vectors, new_content, l2):
    model = Ridge(alpha=l2, fit_intercept=True, solver="svd").fit(content, vectors)
    return model.predict(new_content).reshape(len(new_content), np.shape(vectors)[1])


@right("negatives.7", "Least squares with rows of √l2 added below.")
def content_to_vector(content, vectors, new_content, l2):
    mean_x, mean_y = np.mean(content, axis=0), np.mean(vectors, axis=0)
    c = np.shape(content)[1]
    left = np.vstack([content - mean_x, np.sqrt(l2) * np.eye(c)])
    below = np.vstack([vectors - mean_y, np.zeros((c, np.shape(vectors)[1]))])
    return mean_y + (new_content - mean_x) @ np.linalg.lstsq(left, below, rcond=None)[0]


@right("negatives.7", "The dual form: a system of N by N over known items.")
def content_to_vector(content, vectors, new_content, l2):
    x, y = (np.asarray(a, float) - np.mean(a, axis=0) for a in (content, vectors))
    inner = np.linalg.lstsq(x @ x.T + l2 * np.eye(len(x)), y, rcond=None)[0]
    return (np.asarray(new_content) - np.mean(content, axis=0)) @ x.T @ inner + np.mean(vectors, axis=0)


@right("negatives.7", "torch: an SVD with shrunk singular values.")
def content_to_vector(content, vectors, new_content, l2):
    x, y, new = (torch.as_tensor(np.array(a, dtype=float)) for a in (content, vectors, new_content))
    u, s, v = torch.linalg.svd(x - x.mean(0), full_matrices=False)
    shrunk = torch.where(s > 1e-10, s / (s**2 + l2).clamp(min=1e-300), torch.zeros_like(s))
    weight = v.T @ (shrunk[:, None] * (u.T @ (y - y.mean(0))))
    return ((new - x.mean(0)) @ weight + y.mean(0)).numpy()
