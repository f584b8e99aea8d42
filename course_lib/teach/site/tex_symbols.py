"""Which sign stands for which command of TeX, as far as the lessons use TeX; a command that is missing is an error."""

from __future__ import annotations

# Letters: set in italics, as a variable is.
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "partial": "∂", "ell": "ℓ",
}
# Set upright: capital Greek letters, and signs that are no variables.
UPRIGHT = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "top": "⊤", "varnothing": "∅", "emptyset": "∅", "infty": "∞", "%": "%", "$": "$",
    "#": "#", "&": "&", "_": "_",
}
# Names of functions: upright, with a little space before what they are applied to.
FUNCTIONS = ("arg", "cos", "det", "exp", "lim", "ln", "log", "max", "min", "Pr", "sin", "tan")
LIMITS_BELOW = ("lim", "max", "min")
# Operators and relations: the browser knows their spacing.
OPERATORS = {
    "cdot": "⋅", "times": "×", "pm": "±", "approx": "≈", "sim": "∼", "propto": "∝", "le": "≤", "leq": "≤", "ge": "≥",
    "geq": "≥", "ne": "≠", "neq": "≠", "equiv": "≡", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉", "cup": "∪",
    "cap": "∩", "subset": "⊂", "subseteq": "⊆", "setminus": "∖", "mid": "∣", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "Rightarrow": "⇒", "Leftrightarrow": "⇔", "Longleftrightarrow": "⟺", "mapsto": "↦",
    "dots": "…", "ldots": "…", "cdots": "⋯", "odot": "⊙", "otimes": "⊗", "forall": "∀", "exists": "∃",
}
LARGE = {"sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂"}
FENCES = {
    "{": "{", "}": "}", "|": "‖", "lbrace": "{", "rbrace": "}", "lvert": "|", "rvert": "|", "lVert": "‖",
    "rVert": "‖", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
}
ACCENTS = {"bar": "¯", "overline": "¯", "hat": "^", "widehat": "^", "tilde": "~", "widetilde": "~", "vec": "→",
           "dot": "˙"}
SPACES = {",": "0.167em", ":": "0.222em", ";": "0.278em", "!": "-0.167em", " ": "0.25em", "quad": "1em",
          "qquad": "2em"}
SIZES = {"big": "1.2em", "bigl": "1.2em", "bigr": "1.2em", "Big": "1.8em", "Bigl": "1.8em", "Bigr": "1.8em",
         "bigg": "2.4em", "biggl": "2.4em", "biggr": "2.4em"}
PLAIN_OPERATORS = {"-": "−", "*": "∗", "'": "′"}
