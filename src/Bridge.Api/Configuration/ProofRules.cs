using Bridge.Application.Options;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Configuration;

/// <summary>The service does not stand open by mistake: only where somebody develops it, or when its owner says so in words.</summary>
internal sealed class ProofRules(IHostEnvironment environment) : IValidateOptions<TwilioOptions>
{
    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        if (environment.IsDevelopment() || !options.ValidateSignatures)
            return ValidateOptionsResult.Success;
        var faults = new List<string>();
        if (options.AuthTokens.Count == 0)
            faults.Add("TWILIO_AUTH_TOKEN (or TWILIO_AUTH_TOKEN_FILE) must be set: without it anybody who finds the address can hold conversations on your key. TWILIO_VALIDATE_SIGNATURES=false leaves it open.");
        if (options.PublicBaseUrl is null)
            faults.Add("PUBLIC_BASE_URL must be set while signatures are checked: Twilio signs the address it was given, for example https://bridge.example.com.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
