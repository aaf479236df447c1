using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>
/// A call in the words a test reads best in: milliseconds, and names for items. Its monotonic clock and the caller's frames
/// tell the same time, unless a test says otherwise.
/// </summary>
internal sealed class TestCall(Call call)
{
    public const string CallSid = "CA0123456789abcdef0123456789ABCDEF";
    public const string StreamSid = "MZ0123456789abcdef0123456789ABCDEF";

    public static CallIdentity Identity { get; } = CallIdentity.TryCreate(CallSid, StreamSid, out var identity)
        ? identity
        : throw new InvalidOperationException("The test's own names are wrong.");

    public Call Call => call;

    /// <summary>The marks that went with the last audio.</summary>
    public PlaybackMarks Marks { get; private set; }

    /// <summary>What the model is told because the last audio came too late.</summary>
    public Truncation? Forgets { get; private set; }

    /// <summary>The monotonic clock.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>A call whose stream is open and whose last caller frame was stamped <paramref name="at"/>.</summary>
    public static TestCall Active(long at = 0)
    {
        var started = new TestCall(new Call(Identity));
        started.Call.StreamStarted();
        started.Until(at);
        return started;
    }

    /// <summary>Time passes, and a frame of the caller comes, stamped with it.</summary>
    public void Until(long ms)
    {
        Now = TimeSpan.FromMilliseconds(ms);
        call.CallerAudio(ms, Now);
    }

    /// <summary>Time passes, and no frame comes.</summary>
    public void UntilWithoutFrames(long ms) => Now = TimeSpan.FromMilliseconds(ms);

    /// <summary>The assistant's audio comes; false when it may not be heard.</summary>
    public bool Plays(string response, string item, int ms, int content = 0)
    {
        var decision = call.Play(response, new ItemKey(item, content), ms * Pcmu.SamplesPerMillisecond, Now);
        (Marks, Forgets) = (decision.Marks, decision.Forget);
        return decision.Send;
    }

    public Mark? Finishes(string item) => call.ItemFinished(new ItemKey(item, 0));

    public void Returns(Mark? mark) => call.MarkReturned(mark!.Value, Now);

    public Interruption Interrupt() => call.CallerStartedSpeaking(Now);
}

internal static class CutsInWords
{
    /// <summary>What an interruption cuts, as "item.content@heard/sent".</summary>
    public static string[] Cuts(this Interruption interruption) =>
        [.. interruption.Truncations.Select(t => $"{t.Item.ItemId}.{t.Item.ContentIndex}@{t.AudioEndMs}/{t.SentMs}")];
}
