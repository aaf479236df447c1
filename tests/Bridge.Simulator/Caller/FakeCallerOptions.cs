using System.Security.Cryptography.X509Certificates;

namespace Bridge.Simulator.Caller;

/// <summary>What moves a call's time.</summary>
public enum Pacing
{
    /// <summary>A frame each 20 ms of the clock.</summary>
    RealTime,

    /// <summary>Virtual time, as fast as the test likes: it passes in <see cref="FakeCaller.PassAsync"/>, with a frame each 20 ms of it.</summary>
    Manual,
}

/// <summary>Who calls, how, and how badly Twilio behaves.</summary>
public sealed record FakeCallerOptions
{
    /// <summary>The webhook to ask; its host is also where the stream is dialled.</summary>
    public required Uri Webhook { get; init; }

    /// <summary>The caller's number; null: each call has one of its own, made from its CallSid.</summary>
    public string? From { get; init; }

    public string To { get; init; } = "+15550002002";

    /// <summary>Whose number was called: AC and 32 hex digits.</summary>
    public string AccountSid { get; init; } = FakeCaller.AccountSid;

    /// <summary>CA and 32 hex digits; made up when null. Give one to repeat a webhook.</summary>
    public string? CallSid { get; init; }

    /// <summary>Further form fields, or others in place of the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Form { get; init; } = new Dictionary<string, string>();

    /// <summary>Asks with GET and the fields in the query.</summary>
    public bool UseGet { get; init; }

    /// <summary>Signs webhook and stream with this token; null: no signature.</summary>
    public string? AuthToken { get; init; }

    /// <summary>
    /// What the outside world calls the service (<c>https://host</c>): signatures and the Host header are for it. Null: the webhook's own
    /// address.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    public Pacing Pacing { get; init; } = Pacing.RealTime;

    /// <summary>The call's clock. With manual pacing a <see cref="ManualClock"/>, which others may share; any other: the call brings its own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The first frame's timestamp, milliseconds; captures show 73 to 171.</summary>
    public int FirstTimestampMs { get; init; } = 120;

    /// <summary>Milliseconds to add to a frame's timestamp, by its chunk number from 1: real ones are a little irregular.</summary>
    public Func<int, int> Irregularity { get; init; } = static _ => 0;

    /// <summary>Idle line noise, 0x7F and 0xFF in turn; false: 0xFF alone.</summary>
    public bool LineNoise { get; init; } = true;

    /// <summary>How slow the line to the bridge is.</summary>
    public LineConditions Line { get; init; } = new();

    public TwilioSpelling Spelling { get; init; } = new();

    /// <summary>WebSocket frames a message is cut into.</summary>
    public int Fragments { get; init; } = 1;

    /// <summary>False: marks are never returned.</summary>
    public bool ReturnMarks { get; init; } = true;

    /// <summary>False: the stream sends <c>connected</c> and then nothing by itself.</summary>
    public bool SendStart { get; init; } = true;

    /// <summary>False: only the webhook is asked; the stream is never dialled.</summary>
    public bool DialStream { get; init; } = true;

    /// <summary>
    /// True: what goes wrong before the first stream is open is thrown by <see cref="FakeCaller.DialAsync"/>. False: it takes Twilio's
    /// course (the action or the next verb when the stream is refused, an error sentence when the webhook fails).
    /// </summary>
    public bool ThrowOnFirstFailure { get; init; } = true;

    /// <summary>Whom to ask when the webhook or an action fails; null: Twilio says its error sentence and hangs up.</summary>
    public Uri? FallbackUrl { get; init; }

    /// <summary>
    /// Whether Twilio goes on after a stream that was lost without a close frame as after any other. False: it takes it for an error, so
    /// the fallback is asked, or the error sentence said. Twilio documents neither.
    /// </summary>
    public bool ActionAfterAbruptEnd { get; init; } = true;

    /// <summary>Further form fields of an action request, or others in place of the usual ones.</summary>
    public IReadOnlyDictionary<string, string> ActionForm { get; init; } = new Dictionary<string, string>();

    /// <summary>How long <c>Say</c> takes; 0: no time at all, as a <c>Pause</c> before the first stream then. About 60 is natural.</summary>
    public int SayMsPerCharacter { get; init; }

    /// <summary>
    /// Where a public address (of an action, a fallback, a stream) really is. Null: streams and all hosts but loopback are at the webhook's.
    /// An https or wss address is dialled with TLS, under the public address's name.
    /// </summary>
    public Func<Uri, Uri>? Route { get; init; }

    /// <summary>A certificate that is trusted beside those the machine trusts, as if a known authority had signed it.</summary>
    public X509Certificate2? Trust { get; init; }

    /// <summary>True: pings are never answered.</summary>
    public bool SwallowPings { get; init; }
}
