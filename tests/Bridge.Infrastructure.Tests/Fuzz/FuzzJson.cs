namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>JSON by its rules, of words that a reader knows in places where it does not expect them.</summary>
internal static class FuzzJson
{
    private static readonly string[] Numbers = ["0", "1", "-1", "102", "8000", "1.5", "-0", "1e400", "1e-400", "9223372036854775807", "9223372036854775808", "00", "0x10", "1_000"];

    /// <summary>An object, most of the time.</summary>
    public static string Document(FuzzSource source) => source.Number(10) == 0 ? Value(source, 0) : Object(source, 0);

    private static string Value(FuzzSource source, int depth) => source.Number(depth > 4 ? 5 : 9) switch
    {
        0 => source.Pick(Numbers),
        1 => source.Pick(["null", "true", "false"]),
        2 or 3 or 4 => Text(source),
        5 => $"[{string.Join(',', Enumerable.Range(0, source.Number(4)).Select(_ => Value(source, depth + 1)))}]",
        _ => Object(source, depth + 1),
    };

    private static string Object(FuzzSource source, int depth) =>
        $"{{{string.Join(source.Number(50) == 0 ? "" : ",", Enumerable.Range(0, source.Number(6)).Select(_ => $"{Text(source)}:{Value(source, depth + 1)}"))}}}";

    private static string Text(FuzzSource source)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            if (source.Word() is ['"', .., '"'] word)
                return word;
        }

        return "\"\"";
    }
}
