using System.Globalization;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Faults;

/// <summary>Faults in words, for a command line: a dial's such as <c>refuse 429 2</c>, a session's such as <c>close 1011 after delta 3</c>.</summary>
public static class FaultText
{
    private const string Delta = "response.output_audio.delta";

    /// <summary>
    /// <c>none</c>, <c>hang</c>, <c>reset</c>, <c>refuse STATUS [SECONDS]</c>, <c>delay MS</c>, <c>close STATUS</c>, <c>no-created</c>,
    /// <c>no-updated</c>, <c>wrong-format</c>, <c>error CODE</c> (to the update), or a session's fault behind <c>session</c>.
    /// </summary>
    public static DialFault Dial(string text) => Words(text) switch
    {
        ["none"] => DialFault.None,
        ["hang"] => DialFault.Hang,
        ["reset"] => DialFault.Reset,
        ["refuse", var status] => DialFault.Refuse(Number(status)),
        ["refuse", var status, var seconds] => DialFault.Refuse(Number(status), Number(seconds)),
        ["delay", var milliseconds] => DialFault.Delay(TimeSpan.FromMilliseconds(Number(milliseconds))),
        ["close", var status] => DialFault.CloseAfterUpgrade(Number(status)),
        ["no-created"] => DialFault.NoCreated,
        ["no-updated"] => DialFault.NoUpdated,
        ["wrong-format"] => DialFault.WrongFormat,
        ["error", var code] => DialFault.ErrorBeforeUpdated(Error(code)),
        ["session", .. var fault] => DialFault.Session(Session(string.Join(' ', fault))),
        _ => throw Unknown(text),
    };

    /// <summary>
    /// What (<c>reset</c>, <c>fin</c>, <c>close STATUS</c>, <c>stall</c>, <c>half-open</c>, <c>stop-reading</c>, <c>expire</c>,
    /// <c>expire-untold</c>, <c>errors N</c>, <c>unknown-errors N</c>, <c>flood N</c>, <c>error CODE</c>, <c>shuffle SEED</c>,
    /// <c>repeat N</c>, <c>trickle MS</c>, <c>endless</c>), and when: <c>after TYPE [N]</c>, <c>before TYPE [N]</c>, <c>on TYPE [N]</c>,
    /// <c>after MSms</c>; the type <c>delta</c> is a delta of audio.
    /// </summary>
    public static SessionFault Session(string text)
    {
        var words = Words(text);
        var when = Array.FindIndex(words, static word => word is "after" or "before" or "on");
        var fault = What(when < 0 ? words : words[..when]) ?? throw Unknown(text);
        return when < 0 ? fault : When(fault, words[when..]) ?? throw Unknown(text);
    }

    private static SessionFault? What(string[] words) => words switch
    {
        ["reset"] => SessionFault.Reset,
        ["fin"] => SessionFault.Fin,
        ["close", var status] => SessionFault.Close(Number(status)),
        ["stall"] => SessionFault.Stall,
        ["half-open"] => SessionFault.HalfOpen,
        ["stop-reading"] => SessionFault.StopReading,
        ["expire"] => SessionFault.Expire,
        ["expire-untold"] => SessionFault.ExpireUntold,
        ["errors", var count] => SessionFault.Errors(Number(count)),
        ["unknown-errors", var count] => SessionFault.UnknownErrors(Number(count)),
        ["flood", var events] => SessionFault.Flood(Number(events)),
        ["error", var code] => SessionFault.Error(Error(code)),
        ["shuffle", var seed] => SessionFault.Shuffle(Number(seed)),
        ["repeat", var every] => SessionFault.Repeat(Number(every)),
        ["trickle", var milliseconds] => SessionFault.Trickle(TimeSpan.FromMilliseconds(Number(milliseconds))),
        ["endless"] => SessionFault.Endless(),
        _ => null,
    };

    private static SessionFault? When(SessionFault fault, string[] words) => words switch
    {
        ["after", var time] when time.EndsWith("ms", StringComparison.Ordinal) => fault.After(TimeSpan.FromMilliseconds(Number(time[..^2]))),
        ["after", var type, .. var number] when number.Length < 2 => fault.After(Type(type), Count(number)),
        ["before", var type, .. var number] when number.Length < 2 => fault.Before(Type(type), Count(number)),
        ["on", var type, .. var number] when number.Length < 2 => fault.On(type, Count(number)),
        _ => null,
    };

    private static string Type(string word) => word == "delta" ? Delta : word;

    private static int Count(string[] words) => words.Length == 0 ? 1 : Number(words[0]);

    private static RealtimeError Error(string code) =>
        KnownErrors.Fatal.Concat(KnownErrors.Harmless).FirstOrDefault(error => error.Code == code) ?? new RealtimeError(code, $"Something went wrong: {code}.");

    private static int Number(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static FormatException Unknown(string text) => new($"Nobody knows the fault '{text}'.");
}
