"""The benchmark of the API calls every route that reads."""

from bench.calls import OF_OWNER, OF_STAFF, parameters_of, reads, route_of

_FEWEST = 50


def test_every_list_and_detail_of_the_api_is_measured() -> None:
    routes = {route for route, _ in reads()}
    assert len(routes) > _FEWEST
    assert {route_of(address) for address in (*OF_OWNER.values(), *OF_STAFF.values())} == routes


def test_lists_are_measured_with_pages() -> None:
    assert "limit" in parameters_of("/orders?open=true")
    assert "limit" not in parameters_of("/orders/order-row9")
