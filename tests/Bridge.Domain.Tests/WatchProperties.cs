using Bridge.Domain.Calls;
using Bridge.Domain.Tests.Watched;
using CsCheck;

namespace Bridge.Domain.Tests;

/// <summary>
/// Never silent, whatever happens: random stories of a call with looks four times a second. One request at a time; nothing is
/// asked and no filler plays while the caller speaks; an answer that is due is never silent longer than the filler's time and a
/// look; what was given up is never heard; an end is decided once. A failure prints its seed and the story, as short as it can be.
/// </summary>
public sealed class WatchProperties
{
    [Test]
    public void In_any_story_the_caller_is_told_and_the_model_is_asked_for_one_thing_at_a_time()
    {
        var decisions = new Decisions();
        Story.Any.Sample(story => WatchedCall.Run(story, decisions), iter: 30_000);

        // The stories have no sound, so nothing is to be probed.
        foreach (var action in Enum.GetValues<WatchAction>().Where(a => a != WatchAction.Probe))
            Assert.That(decisions.Of(action), Is.GreaterThan(100), $"the stories are worth the time: {action}");
    }
}
