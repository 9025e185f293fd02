"""The add-ons of which an owner buys licences (L2)."""

from enum import StrEnum


class AddOn(StrEnum):
    """What a licence allows the eSIM of an agent."""

    VOICE_SMS = "voice_sms"
    VOICE_SMS_DATA = "voice_sms_data"
    VOICE_SMS_DATA_PRO = "voice_sms_data_pro"

    @property
    def label(self) -> str:
        """The name of the add-on, the same in every language."""
        return _LABELS[self]


_LABELS = {
    AddOn.VOICE_SMS: "Voice+SMS",
    AddOn.VOICE_SMS_DATA: "Voice+SMS+Data",
    AddOn.VOICE_SMS_DATA_PRO: "Voice+SMS+Data Pro",
}
