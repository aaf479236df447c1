namespace Bridge.Simulator.Matrix;

/// <summary>The bridges of the matrix. What is not shortened here has its default; the filler's time is never shortened.</summary>
internal static class Profiles
{
    /// <summary>Default times: refusals at the dial.</summary>
    public static BridgeProfile Dialing { get; } = new("dialing") { Weight = 20 };

    /// <summary>Default times: dials that take their time.</summary>
    public static BridgeProfile SlowDialing { get; } = new("slow dialing") { Weight = 35 };

    /// <summary>Little time for a dial.</summary>
    public static BridgeProfile Impatient { get; } = new BridgeProfile("impatient dialing") { Weight = 15 }
        .With("Bridge__ConnectAttemptTimeout", "00:00:01").With("Bridge__ConnectTimeout", "00:00:01.7");

    /// <summary>A circuit that opens after three failures, and closes soon.</summary>
    public static BridgeProfile Circuit { get; } = new BridgeProfile("circuit") { Weight = 20 }
        .With("Bridge__Circuit__Failures", "3").With("Bridge__Circuit__OpenFor", "00:00:02");

    /// <summary>The model's name does not resolve, so nobody can talk beside the fault.</summary>
    public static BridgeProfile Nameless { get; } = new("no such host") { Path = ModelPath.Nameless, Witnesses = 0, Weight = 8 };

    /// <summary>The model is behind TLS.</summary>
    public static BridgeProfile Tls { get; } = new("TLS") { Path = ModelPath.Tls, Weight = 10 };

    /// <summary>The model is behind a proxy that can refuse connections.</summary>
    public static BridgeProfile Proxied { get; } = new("proxy") { Path = ModelPath.Proxy, Weight = 8 };

    /// <summary>Default times: sessions that die.</summary>
    public static BridgeProfile Sessions { get; } = new("sessions") { Weight = 50 };

    /// <summary>Default times: sessions that end in other ways, and wait for it.</summary>
    public static BridgeProfile LongSessions { get; } = new BridgeProfile("long sessions") { Weight = 60 }.With("OpenAI__KeepAlive", "00:00:02");

    /// <summary>Default times: responses that fail, and what else comes over the wire.</summary>
    public static BridgeProfile Responses { get; } = new("responses") { Weight = 50 };

    /// <summary>Default times, with the wire's own troubles.</summary>
    public static BridgeProfile Wire { get; } = new("wire") { Weight = 40 };

    /// <summary>Answers that stand still are given up sooner, but not before the filler.</summary>
    public static BridgeProfile Stalls { get; } = new BridgeProfile("stalls") { Weight = 60 }
        .With("Bridge__Patience__StallAfter", "00:00:03").With("Bridge__Patience__FirstAudioWithin", "00:00:04");

    /// <summary>Default times: the caller's end. A stream that takes the place of a lost one may come before that one's place is given back.</summary>
    public static BridgeProfile Twilio { get; } = new("Twilio") { Places = 2, Weight = 30 };

    /// <summary>The same, and there is no place but the one that the lost stream had.</summary>
    public static BridgeProfile Full { get; } = new("Twilio, full") { Weight = 10 };

    /// <summary>Sockets that are stuck, or bring nothing, are found out sooner; and the model's buffers are small.</summary>
    public static BridgeProfile Stuck { get; } = new BridgeProfile("stuck sockets") { Places = 2, ReceiveBufferBytes = 4096, Weight = 35 }
        .With("Bridge__MediaTimeout", "00:00:03").With("Bridge__SendTimeout", "00:00:01");

    /// <summary>Callers who say nothing are asked and let go soon.</summary>
    public static BridgeProfile Idle { get; } = new BridgeProfile("idle") { Weight = 20 }
        .With("IDLE_ASK_AFTER", "4").With("IDLE_END_AFTER", "8");

    /// <summary>Callers who say nothing are let go, and the model does not say goodbye.</summary>
    public static BridgeProfile Speechless { get; } = Idle.With("Bridge__Patience__GoodbyeWithin", "00:00:02") with { Name = "idle, no goodbye", Weight = 15 };

    /// <summary>Calls that may not be long: the witnesses' would be too long as well.</summary>
    public static BridgeProfile Longest { get; } = new BridgeProfile("longest call") { Witnesses = 0, Weight = 10 }.With("MAX_CALL_DURATION", "3");

    /// <summary>The measurements: as many calls as they like.</summary>
    public static BridgeProfile Measured { get; } = new("measured") { Witnesses = 0, Places = null, Weight = 30 };

    /// <summary>A process that is to be stopped, alone or one of several.</summary>
    public static BridgeProfile Stopping(string name, int replicas = 1) => new BridgeProfile(name) { EndsProcess = true, Places = null, Weight = 25 }
        .With("REPLICAS", replicas.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
