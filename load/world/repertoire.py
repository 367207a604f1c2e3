"""All that people do: once each to begin with, and then how often."""

from load.world import actions, keeping, posting
from load.world import lexicon as lex
from load.world.actions import Act
from load.world.chance import Mix

_DECLARATIONS: tuple[Act, ...] = (
    keeping.single(lex.STATUS, status=f"{lex.STATUS}#live", durationMinutes=240),
    keeping.single(lex.NOTIFICATIONS, allowSubscriptions="followers"),
    keeping.single(lex.VISIBILITY, visibility="everyone"),
    keeping.single(lex.CHAT, allowIncoming="following"),
    keeping.single(lex.GERM, version="2.4.0", messageMe={"showButtonTo": "everyone"}),
)
_FOLLOW = actions.connect(lex.FOLLOW)
_BLOCK = actions.connect(lex.BLOCK)

# Played before chance takes over, so that the smallest world has them all.
EVERYTHING_ONCE: tuple[Act, ...] = (
    *(posting.plain,) * 4,
    *(posting.reply,) * 3,
    posting.quote,
    posting.mention,
    posting.novelty,
    posting.gated,
    *(_FOLLOW, actions.repost, actions.like, _BLOCK, _FOLLOW, actions.bookmark, actions.verify),
    *(keeping.make_list, keeping.make_feed, keeping.become_labeler, keeping.make_pack),
    *(keeping.block_list, actions.label, keeping.unheard_of, *_DECLARATIONS),
    *(actions.like_twice, posting.late_threadgate, posting.late_postgate),
    *(keeping.edit, actions.delete),
)
MIX: Mix[Act] = Mix(
    (
        (660, actions.like),
        (110, posting.post),
        (98, actions.repost),
        (50, _FOLLOW),
        (46, actions.delete),
        (8, keeping.edit),
        (7, _BLOCK),
        (3, keeping.add_item),
        (2, keeping.make_list),
        (2, keeping.block_list),
        (2, keeping.unheard_of),
        (2, actions.bookmark),
        (2, posting.late_threadgate),
        (1, posting.late_postgate),
        (1, actions.verify),
        (1, actions.label),
        (1, actions.again),
        (1, actions.like_twice),
        (1, actions.delete_several),
        (1, keeping.make_feed),
        (1, keeping.make_pack),
        *((1, declaration) for declaration in _DECLARATIONS),
    )
)
