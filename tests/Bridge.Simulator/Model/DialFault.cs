namespace Bridge.Simulator.Model;

/// <summary>
/// What one dial meets: a change of the options that hold for it and for the session it opens. For <see cref="FakeModelOptions.Dials"/>.
/// </summary>
public sealed record DialFault(string Name, Func<FakeModelOptions, FakeModelOptions> Change)
{
    /// <summary>Nothing is wrong with this dial.</summary>
    public static DialFault None { get; } = new("none", static options => options);

    /// <summary>The connection is taken, and the handshake never answered.</summary>
    public static DialFault Hang { get; } = new("hang", static options => options with { HangHandshake = true });

    /// <summary>The connection is reset in the handshake.</summary>
    public static DialFault Reset { get; } = new("reset", static options => options with { ResetHandshake = true });

    /// <summary>The socket opens, and nothing is ever sent on it.</summary>
    public static DialFault NoCreated { get; } = new("no created", static options => options with { BeforeCreated = Never, BeforeUpdated = Never });

    /// <summary>The session begins, and its update is never confirmed.</summary>
    public static DialFault NoUpdated { get; } = new("no updated", static options => options with { BeforeUpdated = Never });

    /// <summary>The session stays at PCM16 24 kHz, and says so.</summary>
    public static DialFault WrongFormat { get; } = new("wrong format", static options => options with { IgnorePcmu = true });

    /// <summary>The handshake is answered with this status, and with OpenAI's error unless there is another body.</summary>
    public static DialFault Refuse(int status, int? retryAfter = null, string? body = null) =>
        new($"refuse {status}", options => options with { RefuseWith = status, RetryAfter = retryAfter, RefusalBody = body });

    /// <summary>The handshake is answered so much later, if the client is still there then.</summary>
    public static DialFault Delay(TimeSpan delay) => new($"delay {delay.TotalMilliseconds} ms", options => options with { HandshakeDelay = delay });

    /// <summary>The socket opens and is closed at once.</summary>
    public static DialFault CloseAfterUpgrade(int status) => new($"close {status}", options => options with { CloseAtOnceWith = status });

    /// <summary>The first event is this error, in place of <c>session.created</c>; nothing follows.</summary>
    public static DialFault ErrorBeforeCreated(RealtimeError error) =>
        new($"error {error.Code} before created", options => options with { CreatedError = error, BeforeUpdated = Never });

    /// <summary>The session's update is answered with this error.</summary>
    public static DialFault ErrorBeforeUpdated(RealtimeError error) =>
        new($"error {error.Code} before updated", options => options with { UpdateError = error });

    /// <summary>The session opens, and these faults are armed in it.</summary>
    public static DialFault Session(params IEnumerable<SessionFault> faults) =>
        new(string.Join(", ", faults), options => options with { Faults = [.. options.Faults, .. faults] });

    /// <summary>Whatever else may differ for one dial: its answers, its expiry, …</summary>
    public static DialFault With(Func<FakeModelOptions, FakeModelOptions> change) => new("other options", change);

    /// <summary>Both, this one first.</summary>
    public DialFault And(DialFault other) => new($"{Name}, {other.Name}", options => other.Change(Change(options)));

    public override string ToString() => Name;

    private static Task Never(CancellationToken over) => Task.Delay(Timeout.Infinite, over);
}
