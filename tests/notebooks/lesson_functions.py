"""A lesson's own functions, to be fed with made-up data: nothing of the lesson is run."""

import ast

from course_lib.teach.publish.lesson_source import read_lesson, sources

KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def functions_of(lesson):
    """A namespace with a lesson's imports, functions and classes, and its constants of plain numbers."""
    tree = ast.parse("\n".join(cell.source for cell in read_lesson(sources([lesson])[0]).solution.cells
                               if cell.cell_type == "code"))
    kept = [node for node in tree.body if isinstance(node, KEPT) or _constant(node)]
    functions = [node for node in kept if isinstance(node, ast.FunctionDef)]
    for node in functions:
        node.decorator_list = []
    kept = [node for node in kept if node not in functions or not _of_a_run(node)]
    space = {}
    exec(compile(ast.Module(kept, []), lesson, "exec"), space)  # the course's own source
    return space


def _of_a_run(function):
    """Whether a default of the function comes from a run of the lesson."""
    return any(isinstance(part, ast.Name) for value in function.args.defaults for part in ast.walk(value))


def _constant(node):
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()):
        return False
    return not any(isinstance(part, (ast.Call, ast.Name)) for part in ast.walk(node.value))
