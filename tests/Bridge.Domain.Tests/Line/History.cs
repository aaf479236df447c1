using CsCheck;

namespace Bridge.Domain.Tests.Line;

/// <summary>What can happen at the bridge.</summary>
internal enum Act
{
    Delta,
    ItemEnd,
    ResponseEnd,
    Interruption,
    LostFrames,
    NewSession,
}

/// <summary>One thing that happens, so long after the one before it.</summary>
internal readonly record struct Step(Act Act, int WaitMs, int Frames)
{
    public override string ToString() => $"+{WaitMs} {Act}{(Act is Act.Delta or Act.LostFrames ? $" {Frames * 20} ms" : "")}";
}

/// <summary>
/// The line between the bridge and Twilio, in samples (8 are a millisecond), each way. Jitter delays a message more, and what is
/// behind it as well: it is TCP. Of eight marks so many are held back by up to so long, and so many are lost.
/// </summary>
internal readonly record struct LineConditions(
    int Up, int Down, int UpJitter, int DownJitter, int MarksHeld, int MarkHold, int MarksLost, int Seed)
{
    /// <summary>By so much may differ what is told and what is true in 99 of 100 interruptions: a frame, and the jitter.</summary>
    public int ToleranceAtP99 => 160 + Math.Max(UpJitter, DownJitter);

    /// <summary>
    /// And by so much at most. What is told bears the jitter of the way down, and where marks moved the playhead, that of their way
    /// up as well: marks that are all late alike cannot be told from a far end that plays late. The same goes for marks held back.
    /// </summary>
    public int Tolerance => 160 + UpJitter + DownJitter + (MarksHeld > 0 ? MarkHold : 0);
}

/// <summary>A call: its line, and what the model and the caller do.</summary>
internal sealed record History(LineConditions Line, Step[] Steps)
{
    /// <summary>0 to 150 ms each way, always the same.</summary>
    public static Gen<History> OnAConstantLine => On(Gen.Const(0), Gen.Const(0));

    /// <summary>The same, and marks come back late.</summary>
    public static Gen<History> WithMarksHeldBack => On(Gen.Const(0), Gen.Int[1, 8]);

    /// <summary>The same, and messages take up to 100 ms longer, each way.</summary>
    public static Gen<History> OnAnUnsteadyLine => On(Gen.Int[0, 800], Gen.Const(0));

    public override string ToString() => $"{Line}: {string.Join(", ", Steps)}";

    private static Gen<History> On(Gen<int> jitter, Gen<int> held) =>
        from up in Gen.Int[0, 1200]
        from down in Gen.Int[0, 1200]
        from upJitter in jitter
        from downJitter in jitter
        from marksHeld in held
        from hold in Gen.Int[0, 4000]
        from lost in Gen.Frequency((4, Gen.Const(0)), (2, Gen.Int[1, 7]), (1, Gen.Const(8)))
        from seed in Gen.Int[0, 1_000_000]
        from steps in Calls
        select new History(new LineConditions(up, down, upJitter, downJitter, marksHeld, hold, lost, seed), steps);

    private static readonly Gen<Act> Acts = Gen.Frequency(
        (12, Gen.Const(Act.Delta)),
        (3, Gen.Const(Act.ItemEnd)),
        (2, Gen.Const(Act.ResponseEnd)),
        (3, Gen.Const(Act.Interruption)),
        (1, Gen.Const(Act.LostFrames)),
        (1, Gen.Const(Act.NewSession)));

    private static readonly Gen<int> Waits = Gen.Frequency((5, Gen.Const(0)), (5, Gen.Int[1, 200]), (2, Gen.Int[200, 1500]));

    private static readonly Gen<int> Lengths = Gen.Frequency((6, Gen.Int[1, 10]), (3, Gen.Int[10, 60]), (1, Gen.Int[60, 250]));

    private static readonly Gen<Step> BriefStep = Gen.Select(Acts, Waits, Lengths, (act, wait, frames) => new Step(act, wait, frames));

    // Long speech, in which many marks are under way.
    private static readonly Gen<Step> LongStep = Gen.Select(
        Gen.Frequency((12, Gen.Const(Act.Delta)), (3, Gen.Const(Act.ItemEnd)), (1, Gen.Const(Act.Interruption))),
        Gen.Int[0, 1500],
        Gen.Int[20, 150],
        (act, wait, frames) => new Step(act, wait, frames));

    private static readonly Gen<Step[]> Calls = Gen.Frequency((7, BriefStep.Array[1, 12]), (1, LongStep.Array[4, 16]));
}
