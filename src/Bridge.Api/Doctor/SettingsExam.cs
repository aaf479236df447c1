using Bridge.Api.Configuration;

namespace Bridge.Api.Doctor;

/// <summary>Would the service start with these settings, and does each of them do something?</summary>
internal sealed class SettingsExam(Patient patient) : IExam
{
    public string Name => "settings";

    public async IAsyncEnumerable<Finding> ExamineAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var fault in patient.Faults)
            yield return Finding.Fail(OutsideText.Clean(fault, 500), "correct it in the environment or in .env; the service does not start with it. The README lists what each setting may be");
        if (patient.Starts)
            yield return Finding.Ok($"the service starts with them; {Setting.All.Count(s => patient.Variables.ContainsKey(s.Variable) || (s.FileVariable is { } file && patient.Variables.ContainsKey(file)))} variables are set");
        var idle = UnreadVariables.Of(patient.Variables).Concat(patient.Starts ? FruitlessSettings.Of(patient) : []);
        foreach (var finding in idle)
            yield return finding;
    }
}
