"""The HTTP API: `/api/v1`, for portal backends in any language."""
