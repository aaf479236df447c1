namespace Bridge.Api.Doctor.Attacks;

/// <summary>The outcomes for a person.</summary>
internal static class AttackTable
{
    /// <summary>A row for each attack.</summary>
    public static async Task WriteAsync(IReadOnlyList<(Attack Attack, Outcome Outcome)> outcomes, TextWriter output)
    {
        string[][] rows = [["attack", "expected", "got", ""], .. outcomes.Select(o => new[] { o.Attack.Name, o.Attack.Expected, Got(o.Outcome), Word(o.Outcome) })];
        var widths = Enumerable.Range(0, 3).Select(column => rows.Max(r => r[column].Length)).ToArray();
        foreach (var row in rows)
            await output.WriteLineAsync($"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3]}".TrimEnd());
    }

    private static string Got(Outcome outcome) => outcome.Verdict == Verdict.NotTried ? "-" : OutsideText.Clean(outcome.Got);

    private static string Word(Outcome outcome) => outcome.Verdict switch
    {
        Verdict.Shut => "shut",
        Verdict.Open => "OPEN",
        Verdict.Odd => "ODD",
        _ => $"not tried: {OutsideText.Clean(outcome.Got)}",
    };
}
