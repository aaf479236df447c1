using Bridge.Api.Doctor.Attacks;

namespace Bridge.Api.Doctor;

/// <summary><c>doctor</c>: says in words what is wrong with a configuration and a deployment, and how to mend it.</summary>
internal static class DoctorCommand
{
    /// <summary>The settings stop the start (EX_CONFIG of sysexits.h).</summary>
    private const int ConfigurationFault = 78;

    /// <summary>The command line is wrong (EX_USAGE).</summary>
    private const int WrongUsage = 64;

    private const string Help = """
        doctor                 looks at the settings, the key and the model, the public address, the clock and the
                               file descriptors, and says what is wrong and how to mend it.
                               Exit code: 0 nothing to mend, 1 something, 78 the settings stop the start.
        doctor --attack URL    tries the known holes on your own deployment: URL is its public address, without
                               /incoming-call; https, or http on this machine. Takes TWILIO_AUTH_TOKEN from the
                               settings; no model is dialled. Exit code: 0 only if every hole was tried and is shut.
        """;

    /// <summary>Does what the arguments behind <c>doctor</c> say.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, TextWriter output, CancellationToken cancellationToken) =>
        RunAsync(arguments, variables, output, new DoctorBounds(), cancellationToken);

    /// <summary>The same with other bounds.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, TextWriter output, DoctorBounds bounds, CancellationToken cancellationToken)
    {
        switch (arguments)
        {
            case []:
                return await ExamineAsync(variables, output, bounds, cancellationToken);
            case ["--attack", var url] when AttackTarget.IsAddress(url):
                return await new AttackCommand(variables, output, bounds).RunAsync(new Uri(url), cancellationToken);
            case ["--help" or "-h" or "help"]:
                await output.WriteLineAsync(Help);
                return 0;
            default:
                await output.WriteLineAsync(Help);
                return WrongUsage;
        }
    }

    private static async Task<int> ExamineAsync(IReadOnlyDictionary<string, string> variables, TextWriter output, DoctorBounds bounds, CancellationToken cancellationToken)
    {
        await using var patient = Patient.Of(variables);
        var report = new Report(output);
        IExam[] exams = [new SettingsExam(patient), new ModelExam(patient, bounds), new PublicExam(patient, bounds), new ClockExam(patient, bounds), new FileExam(patient)];
        foreach (var exam in exams)
            await report.WriteAsync(exam, cancellationToken);
        await report.SumUpAsync();
        return patient.Starts ? report.ExitCode : ConfigurationFault;
    }
}
