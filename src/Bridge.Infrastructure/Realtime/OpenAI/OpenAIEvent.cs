using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>What an event of the model's server is to us.</summary>
internal enum OpenAIEventKind
{
    /// <summary>Well-formed and of no use to a call; new kinds appear without notice.</summary>
    Ignored,

    /// <summary>Not JSON, or an event without what it must have.</summary>
    Malformed,

    /// <summary>The session exists, with defaults.</summary>
    SessionCreated,

    /// <summary>The session is as we asked, or not: the echo says.</summary>
    SessionUpdated,

    /// <summary>Something a call needs to know: <see cref="OpenAIEvent.Event"/>.</summary>
    ForTheCall,
}

/// <summary>One event of the model's server.</summary>
/// <param name="Kind">Which of the other fields mean something.</param>
/// <param name="Event">In the call's words.</param>
/// <param name="Session">The session as the server has it.</param>
internal readonly record struct OpenAIEvent(OpenAIEventKind Kind, RealtimeEvent Event = default, OpenAISession Session = default);

/// <summary>What we need of a session's echo.</summary>
internal readonly record struct OpenAISession(string? Id, string? InputFormat, string? OutputFormat, DateTimeOffset? ExpiresAt);
