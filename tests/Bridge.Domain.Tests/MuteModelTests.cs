using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

/// <summary>The caller speaks to a model that is gone without a word.</summary>
public sealed class MuteModelTests
{
    private readonly Call _call = new(TestCall.Active().Call.Identity);
    private int _now;

    [SetUp]
    public void BeActive() => _call.StreamStarted();

    [Test]
    public void It_is_probed_and_then_replaced_and_the_caller_is_heard_again()
    {
        Speak();
        Assert.That(LookUntil(2000).Single(d => d.Action != WatchAction.None).Action, Is.EqualTo(WatchAction.Probe));
        Assert.That(LookUntil(3000).Single(d => d.Action != WatchAction.None).Action, Is.EqualTo(WatchAction.ReplaceSession));

        Assert.That(_call.SessionReplaced(Now)?.Prompt, Is.EqualTo(new CallPrompts().HearAgain));
    }

    [Test]
    public void The_silence_counts_from_the_end_of_what_was_said()
    {
        Speak();
        var filler = LookUntil(4000).Select((d, i) => (d.Action, At: 1250 + (i * 250))).First(d => d.Action == WatchAction.PlayFiller);
        Assert.That(filler.At, Is.InRange(600 + 2500, 600 + 2750));
    }

    [Test]
    public void A_sign_after_the_probe_is_enough()
    {
        Speak();
        LookUntil(1500);
        _call.ModelShowedSign(Now);
        Assert.That(LookUntil(6000), Has.All.Matches<WatchDecision>(d => d.Action == WatchAction.None));
    }

    [Test]
    public void A_model_that_heard_the_caller_is_not_probed()
    {
        Sound(0x10, 300);
        _call.ModelShowedSign(Now);
        Sound(0x10, 200);
        Sound(0xFF, 750);
        Assert.That(LookUntil(6000), Has.All.Matches<WatchDecision>(d => d.Action == WatchAction.None));
    }

    private TimeSpan Now => TimeSpan.FromMilliseconds(_now);

    private void Speak()
    {
        Sound(0xFF, 100);
        Sound(0x10, 500);
        Sound(0xFF, 750);
    }

    private void Sound(byte code, int milliseconds)
    {
        var frame = new byte[160];
        frame.AsSpan().Fill(code);
        for (var end = _now + milliseconds; _now < end;)
        {
            _now += 20;
            _call.CallerSound(frame, Now);
        }
    }

    private List<WatchDecision> LookUntil(int end)
    {
        var decisions = new List<WatchDecision>();
        for (_now = _now / 250 * 250; _now < end; _now += 250)
            decisions.Add(_call.Watch(Now));
        return decisions;
    }
}
