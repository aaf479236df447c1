using Bridge.Api;
using Bridge.Api.Configuration;
using Bridge.Api.Doctor;
using Bridge.Api.Observability;
using Bridge.Api.Runtime;
using Bridge.Api.WarmUp;

RuntimeSettings.Apply();
LoggingSetup.FlushAtTheEnd();
try
{
    var variables = EnvironmentFile.Load(Environment.GetEnvironmentVariables(), Directory.GetCurrentDirectory());
    if (args is ["doctor", .. var rest])
        return await DoctorCommand.RunAsync(rest, variables, Console.Out, CancellationToken.None);
    await using var app = BridgeApp.Create(variables, builder => builder.Services.AddWarmUp());
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFault.Explain(e) is { } fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return fault.ExitCode;
}
