"""How layers of a config are put on each other.

Mappings merge, lists and scalars replace, and a mapping whose ``type`` changes replaces the old
one: options of one stage mean nothing to another. A bare name is a mapping with that ``type``.
"""

from __future__ import annotations

from gmmflow.config.node import Node


def merge(below: Node, above: Node) -> Node:
    """`above` put on `below`."""
    if isinstance(below.value, dict) and "type" in below.value:
        above = _as_stage(above)
    if isinstance(above.value, dict):
        below = _as_stage(below)
    old, new = below.value, above.value
    if not isinstance(old, dict) or not isinstance(new, dict) or _type_changes(old, new):
        return above
    merged = dict(old)
    for name, value in new.items():
        merged[name] = merge(old[name], value) if name in old else value
    return Node(merged, above.place, above.key)


def put(root: Node, path: tuple[str, ...], value: Node) -> Node:
    """`root` with a value merged in at a path; numbers in the path index lists.

    Raises
    ------
    LookupError
        The path goes through something that holds no such entry; the message says what.
    """
    if not path:
        return merge(root, value)
    name, rest = path[0], path[1:]
    old = root.value
    if isinstance(old, list):
        return _put_in_list(root, name, rest, value)
    if name.isdecimal() and not isinstance(old, dict):
        raise LookupError(f"there is no list here to take entry {name} of: set the whole list")
    below = root.child(name)
    inner = put(below, rest, value) if below is not None else _nested(rest, value)
    keyed = Node(inner.value, inner.place, value.key, inner.text)
    # What a section lacks is missing where the section was written, or where its type was.
    place = root.place if isinstance(old, dict) and name != "type" else value.place
    return merge(root, Node({name: keyed}, place, root.key))


def _put_in_list(root: Node, name: str, rest: tuple[str, ...], value: Node) -> Node:
    entries = list(root.value)
    if not name.isdecimal() or int(name) > len(entries):
        raise LookupError(
            f"'{name}' is no entry of this list: write 0 to {len(entries) - 1}, "
            f"or {len(entries)} for a new one"
        )
    index = int(name)
    if index == len(entries):
        entries.append(_nested(rest, value))
    else:
        entries[index] = put(entries[index], rest, value)
    return Node(entries, root.place, root.key)


def _nested(path: tuple[str, ...], value: Node) -> Node:
    for name in reversed(path):
        if name.isdecimal():
            raise LookupError(f"there is no list here to take entry {name} of: set the whole list")
        value = Node({name: value}, value.place, value.key)
    return value


def _as_stage(node: Node) -> Node:
    if not isinstance(node.value, str):
        return node
    name = Node(node.value, node.place, node.key or node.place, node.text)
    return Node({"type": name}, node.place, node.key)


def _type_changes(old: dict[str, Node], new: dict[str, Node]) -> bool:
    return "type" in old and "type" in new and old["type"].value != new["type"].value
