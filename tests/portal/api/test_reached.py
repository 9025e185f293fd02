"""The plugin that finds routes which no test reached."""

from tests.portal.api.reached import Noted, routes


def test_a_route_is_reached_by_an_answer_of_success_alone() -> None:
    reached = Noted()

    reached.note("GET", "/api/v1/orders", 200)
    reached.note("GET", "/api/v1/orders/order-abc", 404)
    reached.note("POST", "/api/v1/lines/employee", 200)
    reached.note("GET", "/api/v1/profiles/North%20south", 200)
    reached.note("GET", "/q/token", 200)

    assert set(routes()) - set(reached.never()) == {
        "GET /orders",
        "POST /lines/employee",
        "GET /profiles/{profile}",
    }
    assert len(routes()) > 40
