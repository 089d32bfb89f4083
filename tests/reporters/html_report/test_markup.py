import json

from hypothesis import given
from hypothesis import strategies as st

from gmmflow.reporters.html_report.markup import data, element, plain, table

HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_text_is_shown_and_not_obeyed():
    assert plain(f'"{HOSTILE}') == "&quot;&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    assert plain("a\x00b\nc") == "a\\x00b\nc"


def test_attributes_cannot_be_left():
    assert element("p", "x", class_='"><b>') == '<p class="&quot;&gt;&lt;b&gt;">x</p>'


def test_a_table_names_its_rows_and_columns():
    html = table("C", ["a", "why"], [["0", HOSTILE]], frozenset({"why"}))
    assert '<th scope="col" class="number">a</th>' in html
    assert '<th scope="row">0</th><td class="words">&lt;/script&gt;' in html


@given(st.recursive(st.text(alphabet="<>&!-/script\u2028\"'"), st.lists))
def test_data_survive_and_cannot_end_their_element(value):
    text = data(value)
    assert json.loads(text) == value
    assert not {"<", ">", "&", "\u2028"} & set(text)
