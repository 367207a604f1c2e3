"""One secret on both curves: its public keys as other software spells them, and what it signed."""

from typing import NamedTuple

from indexer.protocol.key import Curve

MESSAGE = b"hello world"


class Sample(NamedTuple):
    curve: Curve
    did_key: str
    older_type: str
    uncompressed: str
    compressed: str
    signature: bytes  # of MESSAGE
    order: int

    @property
    def multikey(self) -> str:
        return self.did_key.removeprefix("did:key:")


K256 = Sample(
    "k256",
    "did:key:zQ3shn4ZvhK1J9dspHE26Qq9gVCBHjodtoqaanMSMrG9MWa3V",
    "EcdsaSecp256k1VerificationKey2019",
    "zPgJzgfoRQ2gzTwENRw3YbFVUsEidFXvCH34VU7PaoRULQQFeU5k9tx2PfEAjY85sHjBWoeGgazCLLKSPidbfoysS",
    "z227QurAXppzew38Lg2kGdfbor63SvXHY3rRgZYvUEJ6Bm",
    bytes.fromhex(
        "bae9d5f7ad7066d8afa7de326e7c0e20ae43de2b41f936e5e44d3a24e649ea64"
        "1e0add4db984c8159608510d56e3951102ccc7a2fa4e51e957d987db24ea197e"
    ),
    0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141,
)
P256 = Sample(
    "p256",
    "did:key:zDnaecCuDjAtx8xDMsnq6JBc1gwGpUMR5Z3RrfMcrAhbeeJV8",
    "EcdsaSecp256r1VerificationKey2019",
    "zQyJzA9LrxgvHGigcheKm9sjSeyghCgndcGGQBdFiF3XhhiwcGhu9ZR3mVo8ZAkiXyR3dVhHeTTzuu7e17Zuip9qu",
    "zoEZv695HQUfuFdWSRfVe2craRYHwnfuiiWKQbt1jGXS2",
    bytes.fromhex(
        "a9cbbcda95650f48b398710329bc23956299f0bfaee881c2ec69bd08a8f0c33f"
        "5f4f9b275afabf9d430d78c038170f084452f89ae1c356535e7a45d4bcac9dd8"
    ),
    0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
)
SAMPLES = (K256, P256)
