using Bridge.Domain.Turns;
using CsCheck;

namespace Bridge.Domain.Tests.Watched;

/// <summary>What can happen to a call that is watched.</summary>
internal enum Turnup
{
    Begins,
    BeginsByItself,
    Audio,
    ItemEnds,
    Ends,
    Sign,
    CallerSpeaks,
    CallerStops,
    Lost,
    Replaced,
    Asked,
    Refused,
    Failed,
    MarkReturns,
    LateAudio,
    LateEnd,
    CutShort,
    Silence,
}

/// <summary>One thing that happens, so long after the one before it.</summary>
internal readonly record struct Event(Turnup What, int WaitMs, int AudioMs, ResponseEnding Ending)
{
    public override string ToString() => $"+{WaitMs} {What}{(What is Turnup.Audio ? $" {AudioMs} ms" : What is Turnup.Ends ? $" {Ending}" : "")}";
}

/// <summary>What happens to a call, in its order.</summary>
internal sealed record Story(Event[] Events)
{
    /// <summary>Any.</summary>
    public static Gen<Story> Any => Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Turnup.Begins)),
            (2, Gen.Const(Turnup.BeginsByItself)),
            (6, Gen.Const(Turnup.Audio)),
            (2, Gen.Const(Turnup.ItemEnds)),
            (5, Gen.Const(Turnup.Ends)),
            (1, Gen.Const(Turnup.Sign)),
            (3, Gen.Const(Turnup.CallerSpeaks)),
            (3, Gen.Const(Turnup.CallerStops)),
            (1, Gen.Const(Turnup.Lost)),
            (2, Gen.Const(Turnup.Replaced)),
            (3, Gen.Const(Turnup.Asked)),
            (1, Gen.Const(Turnup.Refused)),
            (1, Gen.Const(Turnup.Failed)),
            (2, Gen.Const(Turnup.MarkReturns)),
            (1, Gen.Const(Turnup.LateAudio)),
            (2, Gen.Const(Turnup.LateEnd)),
            (1, Gen.Const(Turnup.CutShort)),
            (1, Gen.Const(Turnup.Silence))),
        Gen.Frequency((4, Gen.Const(0)), (4, Gen.Int[1, 800]), (2, Gen.Int[800, 4000]), (1, Gen.Int[4000, 12_000])),
        Gen.Int[20, 3000],
        Gen.Frequency((4, Gen.Const(ResponseEnding.Completed)), (3, Gen.Enum<ResponseEnding>())),
        (what, wait, audio, ending) => new Event(what, wait, audio, ending)).Array[1, 40].Select(events => new Story(events));

    public override string ToString() => string.Join(", ", Events);
}
