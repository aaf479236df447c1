namespace Bridge.Simulator.Model;

/// <summary>How the fake model answers, and how it misbehaves. A change holds for sessions dialled later.</summary>
public sealed record FakeModelOptions
{
    /// <summary>The answer to a <c>response.create</c> that carries instructions.</summary>
    public ModelAnswer Greeting { get; init; } = ModelAnswer.Clips("greeting");

    /// <summary>The answers to a session's first such creates, in order; behind the last one <see cref="Greeting"/> holds.</summary>
    public IReadOnlyList<ModelAnswer> Greetings { get; init; } = [];

    /// <summary>The answers to the caller's turns, in order and then again from the first. None: the model keeps silent.</summary>
    public IReadOnlyList<ModelAnswer> Answers { get; init; } = [ModelAnswer.Clips("answer-short")];

    /// <summary>
    /// What transcription makes of the caller's turns, in order and then again from the first; only when the session asks for it
    /// (<c>audio.input.transcription.model</c>).
    /// </summary>
    public IReadOnlyList<CallerTranscript> Transcripts { get; init; } = [];

    /// <summary>A command (not an append of audio) without an <c>event_id</c> is a violation: its error could not be matched to it.</summary>
    public bool RequireEventIds { get; init; }

    /// <summary>Deltas of a cancelled response that still come after <c>speech_started</c>.</summary>
    public int LateDeltas { get; init; } = 1;

    /// <summary>Milliseconds of loud audio that are speech.</summary>
    public int VadOnsetMs { get; init; } = 60;

    /// <summary>The clock that paces generation and stamps the records.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What the 1st, 2nd, … dial of the server meets.</summary>
    public IReadOnlyList<DialFault> Dials { get; init; } = [];

    /// <summary>What every dial meets that is not in <see cref="Dials"/>; null: nothing odd.</summary>
    public DialFault? EveryDial { get; init; }

    /// <summary>Faults that are armed in every session when it opens.</summary>
    public IReadOnlyList<SessionFault> Faults { get; init; } = [];

    /// <summary>After so long the session is over: <c>expires_at</c> tells when. Null: in 2030.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>What happens then: <c>session_expired</c> and a close with 1001, or <see cref="SessionFault.ExpireUntold"/>.</summary>
    public SessionFault AtExpiry { get; init; } = SessionFault.Expire;

    /// <summary>
    /// The size of each connection's receive buffer: small (1024), so that a client soon feels that nobody reads. Only what the server
    /// was started with counts.
    /// </summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>Answers the handshake with this status (401, 404, 429, 503, …) in place of a socket.</summary>
    public int? RefuseWith { get; init; }

    /// <summary>Seconds for the Retry-After header of a refusal.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The body of a refusal, in place of OpenAI's error.</summary>
    public string? RefusalBody { get; init; }

    /// <summary>Answers the handshake so much later, on the clock.</summary>
    public TimeSpan HandshakeDelay { get; init; }

    /// <summary>Resets the connection in place of an answer to the handshake.</summary>
    public bool ResetHandshake { get; init; }

    /// <summary>Never answers the handshake.</summary>
    public bool HangHandshake { get; init; }

    /// <summary>Closes right after the handshake, with this status.</summary>
    public int? CloseAtOnceWith { get; init; }

    /// <summary>Awaited before <c>session.created</c> is sent: a delay, or a gate a test opens.</summary>
    public Func<CancellationToken, Task>? BeforeCreated { get; init; }

    /// <summary>Awaited before <c>session.updated</c> is sent.</summary>
    public Func<CancellationToken, Task>? BeforeUpdated { get; init; }

    /// <summary>Stays at PCM16 24 kHz, and says so in <c>session.updated</c>.</summary>
    public bool IgnorePcmu { get; init; }

    /// <summary>Sends this error in place of <c>session.created</c>.</summary>
    public RealtimeError? CreatedError { get; init; }

    /// <summary>Answers <c>session.update</c> with this error.</summary>
    public RealtimeError? UpdateError { get; init; }

    /// <summary>Told in one line what happens.</summary>
    public Action<string>? Log { get; init; }
}
