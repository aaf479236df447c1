using Bridge.Api.Configuration;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor.Attacks;

/// <summary><c>doctor --attack URL</c>: tries the known holes on a deployment and prints a table.</summary>
internal sealed class AttackCommand(IReadOnlyDictionary<string, string> variables, TextWriter output, DoctorBounds bounds)
{
    /// <returns>0 only if every hole was tried and is shut.</returns>
    public async Task<int> RunAsync(Uri address, CancellationToken cancellationToken)
    {
        var twilio = await TwilioAsync();
        using var target = new AttackTarget(address, twilio.AuthTokens, ProbeCall.Account(twilio), bounds);
        if (twilio.AuthTokens.Count == 0)
            await output.WriteLineAsync("TWILIO_AUTH_TOKEN is not set here: what needs a right signature is not tried, and this cannot end well (exit code 1).");
        var outcomes = await new AttackRun(target).TryAsync(Attack.All, cancellationToken);
        await AttackTable.WriteAsync(outcomes, output);
        var shut = outcomes.Count(o => o.Outcome.Verdict == Verdict.Shut);
        var open = outcomes.Count(o => o.Outcome.Verdict == Verdict.Open);
        await output.WriteLineAsync(shut == outcomes.Count
            ? $"All {shut} are shut."
            : $"{shut} shut, {open} open, {outcomes.Count(o => o.Outcome.Verdict == Verdict.Odd)} odd, {outcomes.Count(o => o.Outcome.Verdict == Verdict.NotTried)} not tried. docs/security.md says what each means.");
        return shut == outcomes.Count ? 0 : 1;
    }

    /// <summary>Only Twilio's settings: the attack needs no key for a model, and no service that would start.</summary>
    private async Task<TwilioOptions> TwilioAsync()
    {
        using var configuration = new ConfigurationManager();
        var source = new SettingsSource(variables, configuration, isDevelopment: false);
        foreach (var fault in source.Validate(null, new ServerOptions()).Failures?.Where(f => f.StartsWith("TWILIO_", StringComparison.Ordinal)) ?? [])
            await output.WriteLineAsync(OutsideText.Clean(fault, 500));
        return configuration.GetSection(TwilioOptions.Section).Get<TwilioOptions>() ?? new TwilioOptions();
    }
}
