namespace Bridge.Api.Doctor;

/// <summary>Writes findings for a person, one exam after the other, and counts them.</summary>
internal sealed class Report(TextWriter output)
{
    private int _fails;
    private int _warnings;

    /// <summary>0 when nothing has to be mended, else 1.</summary>
    public int ExitCode => _fails == 0 ? 0 : 1;

    /// <summary>Examines, and writes each finding as it comes.</summary>
    public async Task WriteAsync(IExam exam, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(exam.Name);
        await foreach (var finding in exam.ExamineAsync(cancellationToken))
        {
            _fails += finding.Weight == Weight.Fail ? 1 : 0;
            _warnings += finding.Weight == Weight.Warn ? 1 : 0;
            await output.WriteLineAsync($"  {Word(finding.Weight),-8} {finding.Text}");
            if (finding.Mend is not null)
                await output.WriteLineAsync($"           mend: {finding.Mend}");
            await output.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Ends with what there is to do.</summary>
    public Task SumUpAsync() =>
        output.WriteLineAsync(_fails + _warnings == 0 ? "Nothing to mend." : $"{_fails} to mend, {_warnings} to look at.");

    private static string Word(Weight weight) => weight switch
    {
        Weight.Ok => "ok",
        Weight.Skipped => "skipped",
        Weight.Warn => "WARN",
        _ => "FAIL",
    };
}
