using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;

namespace Bridge.Application.Bridging;

/// <summary>What the parts of one call share: its state, the lock round it, its time, and what is counted.</summary>
internal sealed class CallInProgress(Call state, CallerTimeline timeline, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly TaskCompletionSource<CallEndReason> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _told = Task.CompletedTask;

    /// <summary>What was said on the streams of this call before this one, as it was heard.</summary>
    public IReadOnlyList<TranscriptTurn> EarlierTurns { get; init; } = [];

    /// <summary>Who calls, for the model; null when it is not told.</summary>
    public string? CallerContext { get; init; }

    /// <summary>What is true about the call. Touched only inside <see cref="Gate"/>.</summary>
    public Call State { get; } = state;

    /// <summary>The caller's audio in true time. Touched only inside <see cref="Gate"/>.</summary>
    public CallerTimeline Timeline { get; } = timeline;

    /// <summary>How fast the caller's audio may come. Touched only inside <see cref="Gate"/>.</summary>
    public required CallerPace Pace { get; init; }

    /// <summary>Held round each call of <see cref="State"/>, never across an await.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The monotonic clock, since the call began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>When the caller's last frame came. Touched only inside <see cref="Gate"/>.</summary>
    public TimeSpan LastFrame { get; set; }

    /// <summary>Frames from the caller; written by one pump only.</summary>
    public long CallerFrames { get; set; }

    /// <summary>Audio of the caller's that the model could not take in time, in bytes; written by the same pump.</summary>
    public long DroppedBytes { get; set; }

    /// <summary>Frames that were dropped because they came faster than anybody speaks; written by the same pump.</summary>
    public long TooFastFrames { get; set; }

    /// <summary>Pieces of audio sent to the caller; written by the other pump only.</summary>
    public long AssistantDeltas { get; set; }

    /// <summary>How often the caller cut the assistant short.</summary>
    public int Interruptions { get; set; }

    /// <summary>Ends in the fault that <see cref="Fail"/> was told of; else never.</summary>
    public Task<CallEndReason> Failed => _failed.Task;

    /// <summary>A fault of ours, where nobody awaits it.</summary>
    public void Fail(Exception fault) => _failed.TrySetException(fault);

    /// <summary>Who is told of each turn that has ended, one after the other and beside the audio; null for nobody.</summary>
    public Func<TranscriptTurn, Task>? TurnEnded { get; set; }

    /// <summary>Completes when all turns that were handed on so far were told; that may be long after they ended.</summary>
    public Task Told
    {
        get
        {
            lock (Gate)
                return _told;
        }
    }

    /// <summary>Hands on the turns that have ended since this was asked last.</summary>
    public void HandOnEndedTurns()
    {
        lock (Gate)
        {
            while (State.Transcript.TakeEnded() is { } turn)
                _told = TellAsync(_told, turn);
        }
    }

    /// <summary>A task for a turn, and none while nothing ends: a call is silent most of its life.</summary>
    private async Task TellAsync(Task before, TranscriptTurn turn)
    {
        // Whoever hands it on holds the lock.
        await Task.Yield();
        await before;
        if (TurnEnded is { } tell)
            await tell(turn);
    }
}
