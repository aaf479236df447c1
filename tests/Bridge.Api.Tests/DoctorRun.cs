using Bridge.Api.Doctor;

namespace Bridge.Api.Tests;

/// <summary>What the doctor said, and its exit code.</summary>
internal sealed record DoctorRun(int Code, string Text)
{
    /// <summary>Asks the doctor.</summary>
    public static async Task<DoctorRun> OfAsync(IReadOnlyDictionary<string, string> variables, DoctorBounds? bounds = null, params string[] arguments)
    {
        var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(arguments, variables, output, bounds ?? new DoctorBounds(), TestContext.CurrentContext.CancellationToken);
        return new DoctorRun(code, output.ToString());
    }

    /// <summary>Asks about settings alone: no key, no public address.</summary>
    public static Task<DoctorRun> OfEchoAsync(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["REALTIME_PROVIDER"] = "echo", ["TWILIO_AUTH_TOKEN"] = DoctorHost.AuthToken };
        foreach (var (name, value) in more)
            variables[name] = value;
        return OfAsync(variables);
    }

    /// <summary>Asks about a door that is not ours.</summary>
    public static Task<DoctorRun> OfAsync(OpenDoor door, DoctorBounds? bounds = null) => OfAsync(
        new Dictionary<string, string> { ["REALTIME_PROVIDER"] = "echo", ["TWILIO_AUTH_TOKEN"] = OpenDoor.AuthToken, ["PUBLIC_BASE_URL"] = door.Address.ToString() }, bounds);

    /// <summary>The lines that begin with this word, each with how to mend it.</summary>
    public IReadOnlyList<string> Findings(string word)
    {
        var lines = Text.Split('\n', StringSplitOptions.TrimEntries);
        return [.. lines.Select((line, i) => line.StartsWith(word, StringComparison.Ordinal) ? $"{line} {lines[i + 1]}" : "").Where(l => l.Length > 0)];
    }
}
