namespace Bridge.Simulator.Caller;

/// <summary>The phone call as a whole: what was said, asked and answered round its streams, and how it ended.</summary>
public sealed partial class FakeCaller
{
    /// <summary>Completes when the phone call is over: hung up by either side, handed over, or turned away.</summary>
    public Task<CallEnding> CallEnded => _course.Ended;

    /// <summary>How the phone call ended; null while it goes on.</summary>
    public CallEnding? HowItEnded => CallEnded.IsCompletedSuccessfully ? CallEnded.Result : null;

    /// <summary>When the phone call was over, a timestamp of <see cref="Clock"/>.</summary>
    public long? CallEndedAt => _course.Notes.EndedAt;

    /// <summary>The sentences Twilio said, in order.</summary>
    public IReadOnlyList<HeardSentence> Sentences => _course.Notes.Sentences;

    /// <summary>The number (or SIP address) the call was handed over to.</summary>
    public string? Dialed => _course.Notes.Dialed;

    /// <summary>The action requests that were answered or given up, in order.</summary>
    public IReadOnlyList<ActionRequest> Actions => _course.Notes.Actions;

    /// <summary>The requests to the fallback that were answered or given up, in order.</summary>
    public IReadOnlyList<ActionRequest> Fallbacks => _course.Notes.Fallbacks;

    /// <summary>Streams opened so far.</summary>
    public int Streams => AllStreams.Count;

    /// <summary>Every stream opened so far, in order.</summary>
    public IReadOnlyList<CallerStream> AllStreams => _course.Notes.Streams;

    /// <summary>Why each stream that was not opened was refused.</summary>
    public IReadOnlyList<string> RefusedStreams => _course.Notes.RefusedStreams;

    /// <summary>
    /// Waits for something to become true of the call: asked again with each sentence, request and stream. Fails when the call is over, so
    /// wait for that with <see cref="CallEnded"/>.
    /// </summary>
    public Task WaitUntilAsync(Func<FakeCaller, bool> condition, CancellationToken cancellationToken = default) =>
        _course.Notes.WaitUntilAsync(() => condition(this), cancellationToken);

    /// <summary>Waits until the n-th stream, counted from 1, is the call's latest and has sent its <c>start</c>.</summary>
    public async Task<CallerStream> WaitForStreamAsync(int number, CancellationToken cancellationToken = default)
    {
        await WaitUntilAsync(caller => caller.Streams >= number && caller.AllStreams[number - 1].HasBegun, cancellationToken);
        return AllStreams[number - 1];
    }
}
