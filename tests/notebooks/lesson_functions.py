"""The functions of a lesson without running it, so that its measuring code can be fed what a test makes up."""

import ast

from course_lib.teach.publish.lesson_source import read_lesson, sources

KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def functions_of(lesson):
    """A namespace with a lesson's imports, functions and classes, and its constants of plain numbers."""
    tree = ast.parse("\n".join(cell.source for cell in read_lesson(sources([lesson])[0]).solution.cells
                               if cell.cell_type == "code"))
    kept = [node for node in tree.body if isinstance(node, KEPT) or _is_constant(node)]
    for node in kept:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    space = {}
    exec(compile(ast.Module(kept, []), lesson, "exec"), space)  # the course's own source
    return space


def _is_constant(node):
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()):
        return False
    return not any(isinstance(part, (ast.Call, ast.Name)) for part in ast.walk(node.value))
