using Bridge.Api;
using Bridge.Api.Configuration;

try
{
    var variables = EnvironmentFile.Load(Environment.GetEnvironmentVariables(), Directory.GetCurrentDirectory());
    await using var app = BridgeApp.Create(variables);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFault.Explain(e) is { } fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return fault.ExitCode;
}
