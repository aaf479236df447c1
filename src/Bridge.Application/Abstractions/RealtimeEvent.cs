using Bridge.Domain.Playback;

namespace Bridge.Application.Abstractions;

/// <summary>What a model can say, as far as a call needs it.</summary>
public enum RealtimeEventKind
{
    /// <summary>The caller began to speak.</summary>
    SpeechStarted,

    /// <summary>The caller stopped speaking.</summary>
    SpeechStopped,

    /// <summary>A response began: <see cref="RealtimeEvent.ResponseId"/>.</summary>
    ResponseStarted,

    /// <summary>Audio of <see cref="RealtimeEvent.Item"/>.</summary>
    AudioDelta,

    /// <summary>The last audio of <see cref="RealtimeEvent.Item"/> has come.</summary>
    ItemFinished,

    /// <summary>A response ended, complete or not: <see cref="RealtimeEvent.Error"/> when it failed.</summary>
    ResponseFinished,

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
    RealtimeError? Error = null);

/// <summary>What a model says of a failure.</summary>
/// <param name="Code">Its short name, or its type when it has none.</param>
/// <param name="Message">Its sentence.</param>
/// <param name="Fatal">The conversation cannot go on.</param>
public sealed record RealtimeError(string Code, string Message, bool Fatal);
