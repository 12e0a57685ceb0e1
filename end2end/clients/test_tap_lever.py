"""tap-lever, as published, against the practice Lever.

What it fetched is compared with what the practice Lever's admin API says is
there, and with what its authors say Lever sends.
"""

import tempfile
import unittest
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone

from local_name import LocalName
from practice_lever import KEY, PracticeLever
from singer_tap import SingerTap

# Several pages of opportunities and of users; a page has at most 100.
OPPORTUNITIES = 450
MORE_USERS = 120
# The account without candidates of its own, in which each one's parts are asked for.
FEW = 12

# Keys in the order in which Lever sends them (recorded traffic).
OPPORTUNITY = (
    "id name contact headline stage confidentiality location phones emails links archived tags sources "
    "stageChanges origin sourcedBy owner followers applications createdAt updatedAt lastInteractionAt "
    "lastAdvancedAt snoozedUntil urls isAnonymized dataProtection"
).split()
USER = (
    "id name username email accessRole photo createdAt deactivatedAt externalDirectoryId linkedContactIds "
    "jobTitle managerId"
).split()


def by_id(records):
    return {record["id"]: record for record in records}


class Trial(unittest.TestCase):
    """A practice Lever, the name it goes by, and the tap."""

    opportunities = 0

    @classmethod
    def setUpClass(cls):
        cls.stack = ExitStack()
        cls.addClassCleanup(cls.stack.close)
        folder = cls.stack.enter_context(tempfile.TemporaryDirectory())
        cls.lever = cls.stack.enter_context(PracticeLever(cls.opportunities))
        cls.name = cls.stack.enter_context(LocalName(cls.lever.address, folder))
        # The bucket of 10 requests a second would only make this slow.
        cls.lever.practice("PUT", "settings", {"rate_per_second": 1000, "rate_burst": 1000})
        # The tap asks for opportunities by day of `updatedAt`, which Lever keeps since a change was
        # made to them: after this, all of them are of today.
        for opportunity in cls.in_lever():
            cls.lever.api("POST", f"opportunities/{opportunity['id']}/addTags", {"tags": ["On trial"]})
        yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date().isoformat()
        cls.tap = SingerTap("tap-lever", {"token": KEY, "start_date": yesterday}, folder, cls.name)

    @classmethod
    def tearDownClass(cls):
        assert cls.name.refused == [], f"the client asked for {cls.name.refused}"
        assert cls.name.tunnels > 0, "the client did not come through the proxy"

    @classmethod
    def in_lever(cls):
        return cls.lever.practice("GET", "opportunities")["opportunities"]

    def asked(self, path):
        """The queries with which a path of the API was asked, and answered well."""
        requests = self.lever.practice("GET", "requests?since=0")["requests"]
        return [
            request["query"]
            for request in requests
            if request["path"] == f"/v1/{path}" and request["method"] == "GET" and request["status"] == 200
        ]


class EverythingTest(Trial):
    """The whole account, page by page."""

    opportunities = OPPORTUNITIES
    streams = ["users", "stages", "postings", "opportunities", "archive_reasons", "sources", "requisitions"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(MORE_USERS):
            user = {"name": f"Interviewer {number}", "email": f"interviewer{number}@demo.example"}
            cls.lever.practice("POST", "users", {**user, "access_role": "interviewer"})
        # By the tap's own schema, then as it was sent.
        cls.typed = cls.tap.synchronise(cls.streams)
        cls.sent = cls.tap.synchronise(cls.streams, as_sent=True)

    def same_ids(self, stream, expected):
        for records in (self.typed[stream], self.sent[stream]):
            self.assertEqual(len(records), len(expected))
            self.assertEqual(set(by_id(records)), {one["id"] for one in expected})

    def knows_every_key(self, stream):
        """The tap finds each field that its authors expect of Lever."""
        for record in self.typed[stream]:
            self.assertEqual(set(record), set(self.tap.schema(stream)))

    def test_all_opportunities_are_fetched_over_several_pages(self):
        self.assertEqual(len(self.in_lever()), OPPORTUNITIES)
        self.same_ids("opportunities", self.in_lever())
        later_pages = [query for query in self.asked("opportunities") if "offset=" in query]
        self.assertGreaterEqual(len(later_pages), 2 * (OPPORTUNITIES // 100))

    def test_opportunities_have_levers_keys_in_levers_order(self):
        for sent in self.sent["opportunities"]:
            keys = [key for key in sent if key != "opportunityLocation"]
            self.assertEqual(keys, OPPORTUNITY)
        # Some have a posting, and with it a location.
        self.assertTrue(any("opportunityLocation" in sent for sent in self.sent["opportunities"]))
        self.knows_every_key("opportunities")

    def test_opportunities_are_what_the_account_holds(self):
        sent = by_id(self.sent["opportunities"])
        beside = ["creator", "contactRecord", "notes"]
        for held in self.in_lever():
            expected = {key: value for key, value in held.items() if key not in beside}
            self.assertEqual(sent[held["id"]], expected)

    def test_all_users_are_fetched_over_several_pages(self):
        users = self.lever.practice("GET", "users")["users"]
        active = [user for user in users if user["deactivatedAt"] is None]
        self.assertLess(len(active), len(users), "a deactivated one is left out")
        self.same_ids("users", active)
        self.assertTrue(any("offset=" in query for query in self.asked("users")))
        for sent in self.sent["users"]:
            self.assertEqual(list(sent), USER)
        self.knows_every_key("users")

    def test_stages_come_in_the_order_of_the_pipeline(self):
        stages = [
            {"id": stage["id"], "text": stage["text"]}
            for stage in self.lever.practice("GET", "stages")["stages"]
            if stage["active"]
        ]
        self.assertEqual(self.sent["stages"], stages)
        self.assertEqual(self.typed["stages"], stages)

    def test_archive_reasons_are_the_accounts(self):
        self.same_ids("archive_reasons", self.lever.practice("GET", "archive_reasons")["archive_reasons"])
        for sent in self.sent["archive_reasons"]:
            self.assertEqual(list(sent), ["id", "text", "status", "type"])

    def test_postings_are_those_that_are_not_confidential(self):
        every = self.lever.api("GET", "postings?confidentiality=all")["data"]
        open_ones = [posting for posting in every if posting["confidentiality"] == "non-confidential"]
        self.assertLess(len(open_ones), len(every))
        self.same_ids("postings", open_ones)
        self.knows_every_key("postings")

    def test_sources_are_counted(self):
        counts = {source["text"]: source["count"] for source in self.sent["sources"]}
        used = [source for opportunity in self.in_lever() for source in opportunity["sources"]]
        for source in set(used):
            self.assertEqual(counts[source], used.count(source), source)

    def test_what_the_account_has_none_of_is_an_empty_page(self):
        self.assertEqual(self.typed["requisitions"], [])
        self.assertTrue(self.asked("requisitions"))


class PartsTest(Trial):
    """What belongs to one opportunity, asked for one by one, while the API fails now and then."""

    opportunities = FEW
    streams = [
        "opportunities",
        "opportunity_applications",
        "opportunity_offers",
        "opportunity_referrals",
        "opportunity_resumes",
    ]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the client's authors prepared it for: each once, on another call.
        faults = [
            ("applications.list", {"kind": "too-many-requests"}),
            ("applications.list", {"kind": "internal-error"}),
            ("offers.list", {"kind": "unavailable"}),
            ("referrals.list", {"kind": "drop-before"}),
            ("resumes.list", {"kind": "drop-after"}),
        ]
        plan = [
            {"endpoint": endpoint, **kind, "when": {"schedule": [2 + 2 * number]}}
            for number, (endpoint, kind) in enumerate(faults)
        ]
        plan.append({"endpoint": "*", "kind": "extra-fields", "when": {"probability": 0.5}})
        cls.lever.practice("PUT", "faults", {"faults": plan})
        cls.records = cls.tap.synchronise(cls.streams)

    def test_every_fault_was_met(self):
        for fault in self.lever.practice("GET", "faults")["faults"]:
            self.assertGreater(fault["struck"], 0, fault)

    def test_nothing_is_missing_and_nothing_comes_twice(self):
        held = self.in_lever()
        self.assertEqual(len(held), FEW)
        self.assertEqual(len(self.records["opportunities"]), FEW)
        self.assertEqual(set(by_id(self.records["opportunities"])), {one["id"] for one in held})

    def test_each_application_belongs_to_its_opportunity(self):
        applications = self.records["opportunity_applications"]
        expected = {(id, one["id"]) for one in self.in_lever() for id in one["applications"]}
        # The tap's schema knows the older of the two names of the opportunity's id.
        self.assertTrue(expected)
        self.assertEqual(len(applications), len(expected))
        self.assertEqual({(one["id"], one["candidateId"]) for one in applications}, expected)

    def test_an_opportunity_without_a_resume_is_what_the_client_takes_for_that(self):
        self.assertEqual(self.records["opportunity_resumes"], [])
        requests = self.lever.practice("GET", "requests?since=0")["requests"]
        asked = {request["path"] for request in requests if request["path"].endswith("/resumes")}
        self.assertEqual(len(asked), FEW)


if __name__ == "__main__":
    unittest.main()
