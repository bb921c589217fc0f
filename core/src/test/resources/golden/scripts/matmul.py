"""Makes ../matmul.json: products of vectors, matrices and batches of them, and einsum."""

import torch

from golden import Family

family = Family(__file__)

SHAPES = [
    ((1,), (1,)),
    ((17,), (17,)),
    ((3, 7), (7,)),
    ((7,), (7, 3)),
    ((2, 3, 5), (5,)),
    ((5,), (2, 5, 3)),
    ((1, 1), (1, 1)),
    ((1, 7), (7, 1)),
    ((7, 1), (1, 7)),
    ((3, 7), (7, 17)),
    ((17, 17), (17, 17)),
    ((33, 5), (5, 9)),
    ((9, 40), (40, 17)),
    ((2, 3, 7), (2, 7, 5)),
    ((2, 3, 7), (7, 5)),
    ((3, 7), (2, 7, 5)),
    ((1, 3, 7), (4, 7, 5)),
    ((2, 1, 3, 4), (1, 3, 4, 5)),
    ((3, 3, 4), (2, 1, 4, 2)),
]
for left, right in SHAPES:
    name = f"matmul {list(left)} {list(right)}"
    draw = family.draw(name)
    family.case(name, "matmul", {"a": draw.normal(*left), "b": draw.normal(*right)}, torch.matmul)

# A view as the operand: the packers see strides.
for left, right in [((7, 3), (7, 17)), ((2, 7, 3), (2, 7, 5))]:
    name = f"matmul transposed {list(left)} {list(right)}"
    draw = family.draw(name)
    family.case(
        name, "matmul_transposed_left", {"a": draw.normal(*left), "b": draw.normal(*right)}, lambda a, b: a.mT @ b
    )
for left, right in [((3, 7), (17, 7)), ((2, 3, 7), (2, 5, 7)), ((2, 3, 7), (5, 7))]:
    name = f"matmul {list(left)} transposed {list(right)}"
    draw = family.draw(name)
    family.case(
        name, "matmul_transposed_right", {"a": draw.normal(*left), "b": draw.normal(*right)}, lambda a, b: a @ b.mT
    )

EINSUMS = [
    ("ij,jk->ik", (3, 7), (7, 5)),
    ("ij,kj->ik", (3, 7), (5, 7)),
    ("i,j->ij", (3,), (7,)),
    ("i,i->", (7,), (7,)),
    ("ij,ij->ij", (3, 5), (3, 5)),
    ("ij,ij->", (3, 5), (3, 5)),
    ("ij->ji", (3, 5)),
    ("ij->", (3, 5)),
    ("ij->i", (3, 5)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
    ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("bhqk,bkhd->bqhd", (2, 2, 3, 5), (2, 5, 2, 4)),
    ("bij,jk->bik", (2, 3, 4), (4, 5)),
    ("bi,bj->bij", (2, 3), (2, 4)),
    ("ijk,ilm->jkl", (2, 3, 4), (2, 2, 3)),
    ("i,ij,j->", (3,), (3, 4), (4,)),
    ("ij,jk", (3, 4), (4, 2)),
    ("ba,cb", (3, 4), (2, 3)),
    ("ab,cb,cd->ad", (2, 3), (4, 3), (4, 5)),
    ("...ij,...jk->...ik", (2, 3, 2, 4), (3, 4, 5)),
    ("...mk,...kn->...mn", (2, 1, 2, 4), (1, 3, 4, 2)),
    ("b...d,de->be...", (2, 3, 2, 4), (4, 5)),
    ("...i,...i", (3, 4), (4,)),
    ("...ij->...ji", (2, 3, 4)),
]
for equation, *shapes in EINSUMS:
    name = f"einsum {equation}"
    draw = family.draw(name)
    family.case(
        name,
        "einsum",
        {f"x{i}": draw.normal(*s) for i, s in enumerate(shapes)},
        lambda *x: torch.einsum(equation, *x),
        {"equation": equation},
    )

family.write()
