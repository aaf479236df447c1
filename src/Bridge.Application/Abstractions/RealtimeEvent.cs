using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Application.Abstractions;

/// <summary>What a model can say, as far as a call needs it.</summary>
public enum RealtimeEventKind
{
    /// <summary>The caller began to speak.</summary>
    SpeechStarted,

    /// <summary>The caller stopped speaking.</summary>
    SpeechStopped,

    /// <summary>A response began: <see cref="RealtimeEvent.ResponseId"/>, and <see cref="RealtimeEvent.Request"/> when we asked for it.</summary>
    ResponseStarted,

    /// <summary>Audio of <see cref="RealtimeEvent.Item"/>.</summary>
    AudioDelta,

    /// <summary>The last audio of <see cref="RealtimeEvent.Item"/> has come.</summary>
    ItemFinished,

    /// <summary>A response ended: <see cref="RealtimeEvent.Ending"/>, and <see cref="RealtimeEvent.Error"/> when it failed.</summary>
    ResponseFinished,

    /// <summary>An item joined the conversation, after <see cref="RealtimeEvent.PreviousItemId"/>: <see cref="RealtimeEvent.Speaker"/>.</summary>
    ItemAdded,

    /// <summary>Words of <see cref="RealtimeEvent.Item"/>: <see cref="RealtimeEvent.Text"/>.</summary>
    TextDelta,

    /// <summary>All words of <see cref="RealtimeEvent.Item"/>: <see cref="RealtimeEvent.Text"/>, null for those that came.</summary>
    TextFinished,

    /// <summary>Something was refused or failed: <see cref="RealtimeEvent.Error"/>.</summary>
    Error,
}

/// <summary>One event of a model. A struct with a kind, so that a stream of audio makes no garbage.</summary>
/// <param name="Kind">Which of the other fields mean something.</param>
/// <param name="ResponseId">The response it belongs to.</param>
/// <param name="Item">The item it belongs to.</param>
/// <param name="Audio">PCMU; borrowed until the next event is asked for.</param>
/// <param name="Error">What went wrong.</param>
public readonly record struct RealtimeEvent(
    RealtimeEventKind Kind,
    string? ResponseId = null,
    ItemKey Item = default,
    ReadOnlyMemory<byte> Audio = default,
    RealtimeError? Error = null)
{
    /// <summary>The number of the request of ours that it answers; null for none.</summary>
    public int? Request { get; init; }

    /// <summary>How a response ended.</summary>
    public ResponseEnding Ending { get; init; }

    /// <summary>Words: what was said. They are speech, and go into no log above Trace.</summary>
    public string? Text { get; init; }

    /// <summary>The item before <see cref="Item"/> in the conversation; null for the first.</summary>
    public string? PreviousItemId { get; init; }

    /// <summary>Whose item it is.</summary>
    public Speaker Speaker { get; init; }
}

/// <summary>What kind of failure: what a call does about it, in no provider's words.</summary>
public enum RealtimeErrorKind
{
    /// <summary>Logged and counted; the conversation goes on.</summary>
    Other,

    /// <summary>A command of ours came to nothing, and no harm: what it was about was over already.</summary>
    Harmless,

    /// <summary>The conversation cannot go on, nor could it in another session: the key, the account, the quota.</summary>
    Fatal,

    /// <summary>The model closed the session with a status after which another would be closed too.</summary>
    Closed,

    /// <summary>This session is of no use any more; the conversation can go on in another.</summary>
    SessionOver,

    /// <summary>A response was asked for while another is active: a race.</summary>
    ResponseActive,

    /// <summary>A response was cancelled that is over already: a race.</summary>
    NothingToCancel,
}

/// <summary>What a model says of a failure.</summary>
/// <param name="Code">Its short name, or its type when it has none: an identifier, fit for a log.</param>
/// <param name="Parameter">The field it is about, an identifier too; empty for none.</param>
/// <param name="Message">Its sentence. It may repeat what was sent, a prompt or a key, and goes into no log above Trace.</param>
/// <param name="Kind">What to do about it.</param>
/// <param name="Request">The number of the response request that it refuses; null when it is about something else.</param>
public sealed record RealtimeError(string Code, string Parameter, string Message, RealtimeErrorKind Kind, int? Request = null)
{
    /// <summary>The command of ours that it is about, for the log; empty when it is about none.</summary>
    public string About { get; init; } = "";

    /// <summary>When a limit allows another try; null when nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
