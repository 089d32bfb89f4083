from gmmflow.run_folder.identity import config_hash, differences, identity_of


def test_what_does_not_change_the_results_does_not_count(run, tmp_path):
    first = run.loaded()
    same = run.loaded(
        output=str(tmp_path / "elsewhere"),
        run={"type": "threads", "threads": 1},
        report=["json"],
        seed=0,
    )
    assert config_hash(identity_of(first)) == config_hash(identity_of(same))


def test_everything_else_counts(run):
    hashes = {
        config_hash(identity_of(run.loaded(**change)))
        for change in (
            {},
            {"seed": 1},
            {"transform": ["standardize"]},
            {"model": {"components": 3}},
            {"init": "random_points"},
            {"fit": {"restarts": 2}},
            {"data": {"type": "csv", "path": "rows.csv", "dtype": "float32"}},
        )
    }
    assert len(hashes) == 7
    assert all(len(each) == len("sha256:") + 64 for each in hashes)


def test_the_content_of_a_plugin_file_counts(run, plugin):
    before = identity_of(run.loaded(plugins={"paths": ["mine.py"]}))
    assert before == identity_of(run.loaded(plugins={"paths": ["mine.py"]}))
    plugin.write_text(plugin.read_text() + "# changed\n")
    after = identity_of(run.loaded(plugins={"paths": ["mine.py"]}))
    (only,) = differences(before, after)
    assert only.startswith("plugin_files.mine.py: ")


def test_differences_name_the_values():
    there = {"model": {"components": 2, "law": ["a", "b"]}, "fit": [{"x": 1}], "old": True}
    here = {"model": {"components": 3, "law": ["a"]}, "fit": [{"x": 1.5}], "long": "x" * 99}
    assert list(differences(there, here)) == [
        "model.components: 2 there, 3 here",
        'model.law: ["a", "b"] there, ["a"] here',
        "fit.0.x: 1 there, 1.5 here",
        "old: true there, nothing here",
        f'long: nothing there, "{"x" * 56}... here',
    ]
    assert list(differences(there, there)) == []
