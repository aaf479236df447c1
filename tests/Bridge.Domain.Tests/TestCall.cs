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
    public static TestCall Active(long at = 0, CallPolicy? policy = null)
    {
        var started = new TestCall(new Call(Identity, policy));
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

    public void StopsSpeaking() => call.CallerStoppedSpeaking(Now);

    public ResponseRequest? Asks(string? prompt) => call.AskForResponse(prompt, Now);

    public bool Begins(string response, int? request = null) => call.ResponseStarted(response, request, Now);

    public ResponseRequest? Ends(string response, ResponseEnding ending = ResponseEnding.Completed, TimeSpan? retryAfter = null) =>
        call.ResponseFinished(response, ending, retryAfter, Now);

    public void Loses() => call.SessionLost(Now);

    public ResponseRequest? Replaces() => call.SessionReplaced(Now);

    public WatchDecision Looks() => call.Watch(Now);

    /// <summary>A whole answer of the model's own, or to a request: begun, sent and ended now.</summary>
    public void Answers(string response, string item, int ms, int? request = null)
    {
        Begins(response, request);
        Plays(response, item, ms);
        Finishes(item);
        Ends(response);
    }

    /// <summary>Looks at the clock four times a second from now until then, and returns what was decided, as "ms Action" with a prompt.</summary>
    public string[] LooksUntil(long ms, Action<WatchDecision>? then = null)
    {
        var seen = new List<string>();
        for (var at = (long)Now.TotalMilliseconds + 250; at <= ms; at += 250)
        {
            Until(at);
            var decision = Looks();
            if (decision.Action == WatchAction.None)
                continue;
            seen.Add($"{at} {Words(decision)}");
            then?.Invoke(decision);
            if (decision.Action == WatchAction.End)
                break;
        }

        return [.. seen];
    }

    private static string Words(WatchDecision decision) => decision.Action switch
    {
        WatchAction.Ask => $"Ask {decision.Request?.Prompt ?? (decision.Request is null ? "later" : "as it stands")}{(decision.Cancel is { } stalled ? $", cancel {stalled}" : "")}",
        WatchAction.End => $"End {decision.Reason}",
        var action => $"{action}",
    };
}

internal static class CutsInWords
{
    /// <summary>What an interruption cuts, as "item.content@heard/sent".</summary>
    public static string[] Cuts(this Interruption interruption) =>
        [.. interruption.Truncations.Select(t => $"{t.Item.ItemId}.{t.Item.ContentIndex}@{t.AudioEndMs}/{t.SentMs}")];
}
