using Bridge.Simulator.Faults;

namespace Bridge.Simulator.Model;

/// <summary>When an armed <see cref="SessionFault"/> happens.</summary>
public enum FaultTrigger
{
    /// <summary>When it is armed.</summary>
    AtOnce,

    /// <summary>When an event is about to be sent, and before it is.</summary>
    BeforeSent,

    /// <summary>When an event was sent.</summary>
    AfterSent,

    /// <summary>When an event of the client has come, and before it is handled.</summary>
    OnReceived,

    /// <summary>When so much time has passed on the model's clock.</summary>
    AfterTime,
}

/// <summary>
/// Something that goes wrong in a session, and when. It counts events from when it was armed: with the session
/// (<see cref="FakeModelOptions.Faults"/>), with a response (<see cref="ModelAnswer.Faults"/>), or by
/// <see cref="FakeConversation.Arm"/>. It happens once.
/// </summary>
public sealed record SessionFault(string Name, Func<FakeConversation, Task> Do)
{
    public FaultTrigger Trigger { get; private init; }

    /// <summary>The type of the event that is counted; null: every type.</summary>
    public string? Type { get; private init; }

    /// <summary>Which of these events it is, from 1.</summary>
    public int Number { get; private init; } = 1;

    public TimeSpan Time { get; private init; }

    /// <summary>The connection is reset.</summary>
    public static SessionFault Reset { get; } = new("reset", static session => session.DieByResetAsync());

    /// <summary>The stream ends without a close frame.</summary>
    public static SessionFault Fin { get; } = new("FIN", static session => session.DieByFinAsync());

    /// <summary>Nothing more is written; what comes is read, and pings are answered. See <see cref="FakeConversation.ResumeAsync"/>.</summary>
    public static SessionFault Stall { get; } = Now("stall", static session => session.Stall());

    /// <summary>Nothing more is heard or said, pings are not answered, and the connection stays.</summary>
    public static SessionFault HalfOpen { get; } = Now("half-open", static session => session.GoHalfOpen());

    /// <summary>Nothing more is read.</summary>
    public static SessionFault StopReading { get; } = Now("stop reading", static session => session.StopReading());

    /// <summary>The session is told to be expired, and closed.</summary>
    public static SessionFault Expire { get; } = new("expire", static session => session.ExpireAsync(tell: true));

    /// <summary>The session is closed because it is expired, and nobody says so.</summary>
    public static SessionFault ExpireUntold { get; } = new("expire untold", static session => session.ExpireAsync(tell: false));

    /// <summary>Closed with a status; 1006 is a reset, since it stands for no close frame at all.</summary>
    public static SessionFault Close(int status) => status == 1006 ? Reset : new($"close {status}", session => session.DieAsync(status));

    /// <summary>An error event, and then a close if a status is given.</summary>
    public static SessionFault Error(RealtimeError error, int? thenClose = null) => new($"error {error.Code}", async session =>
    {
        await session.SendFaultErrorAsync(error);
        if (thenClose is { } status)
            await session.DieAsync(status);
    });

    /// <summary>So many errors that do not end anything, one kind after the other (<see cref="KnownErrors.Harmless"/>).</summary>
    public static SessionFault Errors(int count) => Repeated($"{count} errors", count, (session, i) => session.SendFaultErrorAsync(KnownErrors.Harmless[i % KnownErrors.Harmless.Count]));

    /// <summary>So many errors, each with a code that nobody knows.</summary>
    public static SessionFault UnknownErrors(int count) => Repeated($"{count} unknown errors", count, (session, i) => session.SendFaultErrorAsync(KnownErrors.Unknown(i)));

    /// <summary>So many events at once.</summary>
    public static SessionFault Flood(int events) => Repeated($"flood of {events}", events, static (session, _) => session.SendAsync(OpenAIWire.RateLimits()));

    /// <summary>A message that no client should choke on, so many times.</summary>
    public static SessionFault Broken(BrokenMessage message, int count = 1) => Repeated(message.Name, count, (session, _) => session.SendBrokenAsync(message));

    /// <summary>A binary message, which the protocol does not know.</summary>
    public static SessionFault Binary(int count = 1) => Repeated("binary", count, static (session, _) => session.SendBinaryAsync(new byte[] { 1, 2, 3 }));

    /// <summary>Bytes on the connection, as they are (see <see cref="RawFrame"/>).</summary>
    public static SessionFault Raw(ReadOnlyMemory<byte> bytes) => new("raw bytes", session => session.SendBytesAsync(bytes));

    /// <summary>From now on every n-th event comes twice.</summary>
    public static SessionFault Repeat(int every) => Now($"every {every}. event twice", session => session.Outgoing.Repeat(every));

    /// <summary>From now on the events of each response come all at its end, in a random order.</summary>
    public static SessionFault Shuffle(int seed) => Now($"shuffle {seed}", session => session.Outgoing.Shuffle(seed));

    /// <summary>One message that comes byte by byte, and nothing else meanwhile.</summary>
    public static SessionFault Trickle(TimeSpan pause) => new("trickle", session => Begin(session.TrickleAsync(pause)));

    /// <summary>One message in fragments that never ends, and nothing else any more.</summary>
    public static SessionFault Endless(int fragmentBytes = 16 * 1024, TimeSpan pause = default, long limit = long.MaxValue) =>
        new("endless", session => Begin(session.SendEndlessAsync(fragmentBytes, pause, limit)));

    public SessionFault After(string type, int number = 1) => this with { Trigger = FaultTrigger.AfterSent, Type = type, Number = number };

    public SessionFault Before(string type, int number = 1) => this with { Trigger = FaultTrigger.BeforeSent, Type = type, Number = number };

    /// <summary>After the k-th delta of audio.</summary>
    public SessionFault AfterDelta(int number) => After("response.output_audio.delta", number);

    /// <summary>After the k-th event of any type.</summary>
    public SessionFault AfterEvent(int number) => this with { Trigger = FaultTrigger.AfterSent, Type = null, Number = number };

    /// <summary>When the client's n-th event of a type has come.</summary>
    public SessionFault On(string type, int number = 1) => this with { Trigger = FaultTrigger.OnReceived, Type = type, Number = number };

    public SessionFault After(TimeSpan time) => this with { Trigger = FaultTrigger.AfterTime, Time = time };

    public override string ToString() => Trigger switch
    {
        FaultTrigger.AtOnce => Name,
        FaultTrigger.AfterTime => $"{Name} after {Time.TotalMilliseconds} ms",
        _ => $"{Name} {Trigger} {Type ?? "any"} {Number}",
    };

    private static SessionFault Now(string name, Action<FakeConversation> act) => new(name, session =>
    {
        act(session);
        return Task.CompletedTask;
    });

    private static SessionFault Repeated(string name, int count, Func<FakeConversation, int, Task> send) => new(name, async session =>
    {
        for (var i = 0; i < count && !session.Closed.IsCompleted; i++)
            await send(session, i);
    });

    // Takes as long as it takes; whoever sent the event that it waited for goes on.
    private static Task Begin(Task lasting)
    {
        _ = lasting.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
        return Task.CompletedTask;
    }
}
