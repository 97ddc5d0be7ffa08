"""Any sequence of label edits, on a task and on a project of two tasks, among people who draw: annotations stay valid.

Labels and attributes are added, renamed, recoloured, edited and deleted, by requests good and bad. After each step all
that can be read is read: ids stay what they are and are never used twice, names are unique, every object has a label
that is there and one value of each of its attributes, the value that was drawn if one was.
"""

import re
from collections import defaultdict

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelwright.domain.annotations import Annotations
from labelwright.domain.errors import Invalid, InvalidAnnotation, NotFound
from labelwright.domain.frames import Segment
from labelwright.domain.labels import AttributeSpec, LabelSpec
from labelwright.domain.projects import ProjectChange, ProjectSpec
from labelwright.domain.shapes import AttributeValue, Shape, Tag
from labelwright.domain.tasks import TaskChange, TaskSpec
from labelwright.services import annotations, projects, tasks
from labelwright.services.annotations import Change
from labelwright.storage import tasks as tasks_storage

VALUES = st.sampled_from(["", "red", "1", "true", '"}\n,"source":"manual"', "猫" * 9])
#: Which of the labels (attributes) there are is meant, counted round; None: a new one.
PLACE = st.none() | st.integers(0, 5)


def often(usual, *rare):
    """Mostly one of `usual`, now and then one that will not do."""
    return st.integers(0, 19).flatmap(lambda n: st.sampled_from(rare if n == 13 else usual))


#: Some with one norm, and so with colours told apart by place.
_NAMES = ["car", "Car", "car!", "猫", "狗", " dog ", "a b", "x" * 64, *(f"label {n}" for n in range(12))]
NAMES = often(_NAMES, "", "x" * 65, None)
ATTRIBUTES = st.lists(
    st.tuples(
        PLACE,
        often(["colour", "doors", "猫", " doors ", "size", "sort"], "", None),
        st.booleans(),
        often(["select", "radio", "checkbox", "number", "text"], "nonsense"),
        VALUES,
        st.lists(VALUES, max_size=3),
    ),
    max_size=2,
)
COLOURS = often([None, "", "#ff0000", "#ABCDEF"], "red")
DELETED = st.sampled_from([False, False, False, True])
ELEMENTS = st.lists(st.tuples(PLACE, NAMES, COLOURS, ATTRIBUTES, DELETED), min_size=1, max_size=2)
OBJECTS = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.dictionaries(st.integers(0, 5), VALUES, max_size=3)),
    min_size=1,
    max_size=4,
)
OWNER, TASK = st.sampled_from([0, 1]), st.sampled_from([0, 1, 2])
#: What is done: the method of `Editor`, and what it is given.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), OWNER, ELEMENTS),
        st.tuples(st.just("edit"), OWNER, ELEMENTS),
        st.tuples(st.just("draw"), TASK, OBJECTS),
        st.tuples(st.just("send_all_back"), TASK),
        st.tuples(st.just("edit_what_is_not_there"), OWNER, st.booleans()),
        st.tuples(st.just("draw_what_is_not_there"), TASK, st.integers(0, 5)),
    ),
    min_size=6,
    max_size=14,
)


class Editor:
    """A task and a project of two, which people edit and draw in. Owner 0 is the task, owner 1 the project."""

    def __init__(self, deps, user):
        self.deps, self.user = deps, user
        first = (
            LabelSpec(
                name="car", attributes=[AttributeSpec(name="doors", mutable=True, input_type="number")]
            ),
        )
        own = tasks.create_task(self.deps, user=self.user, spec=TaskSpec(name="t", labels=first))
        self.project = projects.create_project(
            self.deps, user=self.user, spec=ProjectSpec(name="p", labels=first)
        ).id
        spec = TaskSpec(name="t", project_id=self.project)
        inside = [tasks.create_task(self.deps, user=self.user, spec=spec) for _ in range(2)]
        self.tasks = [task.id for task in (own, *inside)]
        with self.deps.database.write() as tx:
            for task in self.tasks:
                tasks_storage.insert_jobs(tx, task, [Segment(0, 1)])
        #: What was ever seen: labels and attributes by id, with the defaults the latter had.
        self.label_ids, self.attribute_ids = set(), set()
        self.defaults = defaultdict(set)
        #: Of each task, the drawn objects by series and id: label, and values by attribute.
        self.drawn = {task: {} for task in self.tasks}
        self.labels = [self.read_labels(owner) for owner in (0, 1)]
        for owner in (0, 1):
            self.remember(owner)
        for place in range(3):
            self.draw(place, [(0, False, {0: "3"}), (0, False, {}), (0, True, {})])

    def read_labels(self, owner):
        shown = [
            tasks.read_task(self.deps, user=self.user, task_id=task).labels for task in self.tasks_of(owner)
        ]
        if owner == 1:
            found = projects.read_project(self.deps, user=self.user, project_id=self.project, with_tasks=True)
            shown += [found.labels, *(task.labels for task in found.tasks)]
        assert all(tuple(labels) == tuple(shown[0]) for labels in shown)
        return list(shown[0])

    def remember(self, owner):
        """Note what there is, for when it is gone."""
        for label in self.labels[owner]:
            self.label_ids.add(label.id)
            for attribute in label.attributes:
                self.attribute_ids.add(attribute.id)
                self.defaults[attribute.id].add(attribute.default_value)

    def tasks_of(self, owner):
        return self.tasks[:1] if owner == 0 else self.tasks[1:]

    def spec(self, labels, place, name, color, attributes, deleted):
        """The label an element asks for."""
        label = None if place is None or not labels else labels[place % len(labels)]
        known = label.attributes if label else ()
        wanted = [self.attribute(known, *each) for each in attributes]
        is_deleted = deleted and label is not None
        number = label.id if label else None
        return LabelSpec(id=number, name=name, color=color, attributes=wanted, deleted=is_deleted)

    def attribute(self, known, place, name, mutable, kind, default, values):
        number = None if place is None or not known else known[place % len(known)].id
        return AttributeSpec(
            id=number, name=name, mutable=mutable, input_type=kind, default_value=default, values=values
        )

    def edit(self, owner, elements):
        """Edit the labels; a request that will not do changes nothing."""
        wanted = tuple(self.spec(self.labels[owner], *element) for element in elements)
        try:
            if owner == 0:
                change = TaskChange(labels=wanted)
                tasks.change_task(self.deps, user=self.user, task_id=self.tasks[0], change=change)
            else:
                change = ProjectChange(labels=wanted)
                projects.change_project(self.deps, user=self.user, project_id=self.project, change=change)
        except Invalid:
            assert self.read_labels(owner) == self.labels[owner]
        else:
            self.follow(owner, wanted)

    def follow(self, owner, wanted):
        """See that the labels became what was asked for, and forget what went with those deleted."""
        before = {label.id: label for label in self.labels[owner]}
        after = {label.id: label for label in self.read_labels(owner)}
        deleted = {spec.id for spec in wanted if spec.deleted}
        assert set(before) - set(after) == deleted
        new = set(after) - set(before)
        assert len(new) == sum(spec.id is None for spec in wanted)
        assert not new & self.label_ids, "ids are used once"
        for number, label in before.items():
            if number not in deleted:
                ids = [attribute.id for attribute in after[number].attributes]
                assert ids[: len(label.attributes)] == [attribute.id for attribute in label.attributes]
                assert not set(ids[len(label.attributes) :]) & self.attribute_ids
                if number not in {spec.id for spec in wanted}:
                    assert after[number] == label, "what is not mentioned stays"
        for spec in wanted:
            if spec.id is not None and not spec.deleted:
                assert spec.name is None or after[spec.id].name == spec.name.strip()
                assert not spec.color or after[spec.id].color == spec.color.lower()
        self.labels[owner] = list(after.values())
        self.remember(owner)
        for task in self.tasks_of(owner):
            kept = {key: drawn for key, drawn in self.drawn[task].items() if drawn[0] not in deleted}
            self.drawn[task] = kept

    def edit_what_is_not_there(self, owner, other):
        """A label of another owner, or one that is gone, is not found."""
        mine = {label.id for label in self.labels[owner]}
        number = next(iter(self.label_ids - mine), 10**6) if other else 10**6
        try:
            change = TaskChange(labels=(LabelSpec(id=number, name="new"),))
            tasks.change_task(self.deps, user=self.user, task_id=self.tasks_of(owner)[0], change=change)
        except NotFound:
            assert self.read_labels(owner) == self.labels[owner]
            return
        raise AssertionError("it was found")

    def draw(self, place, objects):
        """Draw objects of labels that are there, with some values."""
        task, labels = self.tasks[place], self.labels[min(place, 1)]
        shapes, tags = [], []
        for number, is_tag, chosen in objects if labels else ():
            label = labels[number % len(labels)]
            values = {
                label.attributes[n % len(label.attributes)].id: value
                for n, value in chosen.items()
                if label.attributes
            }
            fields = {
                "frame": 0,
                "label_id": label.id,
                "group": 0,
                "attributes": [AttributeValue(*pair) for pair in values.items()],
            }
            if is_tag:
                tags.append(Tag(**fields))
            else:
                shapes.append(Shape(type="points", occluded=False, points=[1.0, 2.0], **fields))
        saved = self.save(task, "create", Annotations(version=0, tags=tags, shapes=shapes))
        for series in ("tags", "shapes"):
            for item in getattr(saved, series):
                values = {value.attribute_id: value.value for value in item.attributes}
                self.drawn[task][series, item.id] = (item.label_id, values)

    def save(self, task, action, content):
        job = tasks.list_jobs(self.deps, user=self.user, task_id=task)[0].id
        return annotations.save_job(
            self.deps, user=self.user, job_id=job, change=Change(action=action, annotations=content)
        )

    def read(self, task):
        job = tasks.list_jobs(self.deps, user=self.user, task_id=task)[0].id
        stored = annotations.read_job(self.deps, user=self.user, job_id=job)
        return Annotations(
            version=stored.version,
            tags=[msgspec.json.decode(doc, type=Tag) for doc in stored.tags],
            shapes=[msgspec.json.decode(doc, type=Shape) for doc in stored.shapes],
        )

    def send_all_back(self, place):
        """What was read is sent as it is: what any client does that moves an object."""
        task = self.tasks[place]
        found = self.read(task)
        self.save(task, "update", found)
        for series in ("tags", "shapes"):
            for item in getattr(found, series):
                values = {value.attribute_id: value.value for value in item.attributes}
                self.drawn[task][series, item.id] = (item.label_id, values)

    def draw_what_is_not_there(self, place, number):
        """A label of another owner, or one that is gone, draws nothing."""
        ids = {label.id for label in self.labels[min(place, 1)]}
        foreign = sorted(self.label_ids - ids) or [10**6]
        shape = Shape(
            type="points",
            occluded=False,
            points=[1.0, 2.0],
            frame=0,
            group=0,
            attributes=[],
            label_id=foreign[number % len(foreign)],
        )
        try:
            self.save(self.tasks[place], "create", Annotations(version=0, tags=[], shapes=[shape]))
        except InvalidAnnotation:
            return
        raise AssertionError("it was drawn")

    def check_labels(self):
        for labels in self.labels:
            names = [label.name for label in labels]
            assert len(set(names)) == len(names)
            for label in labels:
                assert re.fullmatch("#[0-9a-f]{6}", label.color)
                of_label = [attribute.name for attribute in label.attributes]
                assert len(set(of_label)) == len(of_label)

    def check_annotations(self):
        for place, task in enumerate(self.tasks):
            attributes = {
                label.id: {attribute.id for attribute in label.attributes}
                for label in self.labels[min(place, 1)]
            }
            found = self.read(task)
            seen = {}
            for series in ("tags", "shapes"):
                for item in getattr(found, series):
                    values = {value.attribute_id: value.value for value in item.attributes}
                    assert len(values) == len(item.attributes)
                    assert set(values) == attributes[item.label_id], "one value of each attribute there is"
                    seen[series, item.id] = (item.label_id, values)
            assert set(seen) == set(self.drawn[task])
            for key, (label_id, chosen) in self.drawn[task].items():
                assert seen[key][0] == label_id
                for attribute_id, value in seen[key][1].items():
                    assert value == chosen.get(attribute_id, value)
                    assert attribute_id in chosen or value in self.defaults[attribute_id]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_edits_of_labels_keep_annotations_valid(deps, user, steps):
    editor = Editor(deps, user)
    for name, *given_to_it in steps:
        getattr(editor, name)(*given_to_it)
        editor.check_labels()
        editor.check_annotations()
