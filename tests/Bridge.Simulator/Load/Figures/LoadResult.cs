using System.Globalization;

namespace Bridge.Simulator.Load.Figures;

/// <summary>One load: how many calls, for how long they are measured, and how they get there.</summary>
/// <param name="Calls">Calls that stand at the same time.</param>
/// <param name="Window">For how long is measured.</param>
/// <param name="WarmUp">For how long they talk before.</param>
/// <param name="RampPerSecond">Calls set up in a second.</param>
/// <param name="Tls">Whether the model is spoken to through TLS.</param>
/// <param name="IsQuiet">Nobody speaks.</param>
/// <param name="SetUpsPerSecond">Short calls begun in a second, in place of standing ones; 0: standing calls.</param>
internal sealed record LoadPlan(
    int Calls, TimeSpan Window, TimeSpan WarmUp, double RampPerSecond, bool Tls, bool IsQuiet = false, double SetUpsPerSecond = 0);

/// <summary>What became of the frames of one direction.</summary>
internal sealed record FrameCount(long Sent, long Received, long Lost, long Reordered, long Changed)
{
    public static readonly FrameCount None = new(0, 0, 0, 0, 0);

    /// <summary>Each of them arrived, in order, as it was sent.</summary>
    public bool AreWhole => Lost == 0 && Reordered == 0 && Changed == 0;

    public static FrameCount operator +(FrameCount one, FrameCount other) => new(
        one.Sent + other.Sent, one.Received + other.Received, one.Lost + other.Lost, one.Reordered + other.Reordered, one.Changed + other.Changed);
}

/// <summary>One direction: the delay added to its frames, and whether all of them came.</summary>
internal sealed record DirectionFigures(LatencyHistogram Delay, FrameCount Frames);

/// <summary>What the calls cost the process that carried them.</summary>
/// <param name="UserMicros">CPU of a call-second outside the kernel, µs.</param>
/// <param name="SystemMicros">CPU of a call-second inside the kernel, µs.</param>
/// <param name="QuietBytesPerCall">By what the process grew for each call in which nobody had spoken yet.</param>
/// <param name="BytesPerCall">By what it grew for each talking call.</param>
/// <param name="Threads">Its threads at the window's end.</param>
/// <param name="Handles">Its open files and sockets at the window's end.</param>
/// <param name="SetUpMicros">CPU of one set-up, µs: webhook, handshake and dial.</param>
internal sealed record SubjectUse(
    double UserMicros, double SystemMicros, double QuietBytesPerCall, double BytesPerCall, int Threads, int Handles, double SetUpMicros)
{
    /// <summary>CPU of a call-second, µs.</summary>
    public double Micros => UserMicros + SystemMicros;
}

/// <summary>A moment of a long run, to see what grows: the delays are those since the moment before.</summary>
internal sealed record Moment(TimeSpan At, long ResidentBytes, int Handles, TimeSpan UpP99, TimeSpan DownP99);

/// <summary>What the measuring cost itself, and how punctual it was.</summary>
/// <param name="Late">How much later than planned each frame was sent.</param>
/// <param name="Micros">CPU of a call-second of callers and model, µs.</param>
internal sealed record GeneratorUse(LatencyHistogram Late, double Micros);

/// <summary>One run of one subject.</summary>
/// <param name="Subject">One of <see cref="Subjects"/>.</param>
/// <param name="Plan">The load it was put under.</param>
/// <param name="Use">What it cost; null when the process is not ours to look at.</param>
/// <param name="Up">From the caller to the model.</param>
/// <param name="Down">From the model to the caller.</param>
/// <param name="Reaction">From the model's <c>speech_started</c> to the <c>clear</c> the caller reads; empty for relays.</param>
/// <param name="Webhook">From the webhook to its TwiML; empty for relays.</param>
/// <param name="FirstAudio">From the webhook (relay: the dial) to the first audio the caller hears.</param>
/// <param name="Generator">The measuring itself.</param>
/// <param name="Moments">What was seen every ten seconds.</param>
/// <param name="SetUpsFailed">Calls that never stood.</param>
internal sealed record LoadResult(
    string Subject,
    LoadPlan Plan,
    SubjectUse? Use,
    DirectionFigures Up,
    DirectionFigures Down,
    LatencyHistogram Reaction,
    LatencyHistogram Webhook,
    LatencyHistogram FirstAudio,
    GeneratorUse Generator,
    IReadOnlyList<Moment> Moments,
    int SetUpsFailed)
{
    /// <summary>A generator that was later than this (p99) measured itself.</summary>
    public static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether its figures say something about the subject.</summary>
    public bool Counts => WhyNot is null;

    /// <summary>Why its figures say nothing about the subject; null when they do.</summary>
    public string? WhyNot
    {
        get
        {
            var late = Generator.Late.Percentile(99);
            if (SetUpsFailed > 0)
                return string.Create(CultureInfo.InvariantCulture, $"{SetUpsFailed} calls could not be set up");
            return late > MostLate
                ? string.Create(CultureInfo.InvariantCulture, $"the generator itself was {late.TotalMilliseconds:F1} ms late (p99; at most {MostLate.TotalMilliseconds:F0})")
                : null;
        }
    }
}
