using Bridge.Domain.Calls;
using FluentValidation;

namespace Bridge.Application.IncomingCalls;

/// <summary>What Twilio's requests about a call have in common.</summary>
public interface IFromTwilio
{
    /// <summary>Twilio's name of the call.</summary>
    string? CallSid { get; }

    /// <summary>The caller.</summary>
    string? From { get; }

    /// <summary>The number called.</summary>
    string? To { get; }

    /// <summary>Which way the call goes.</summary>
    string? Direction { get; }

    /// <summary>Whose call.</summary>
    string? AccountSid { get; }

    /// <summary>What else Twilio says of the caller, by the names of its fields. Not checked: it is made harmless where it is used.</summary>
    IReadOnlyDictionary<string, string> Circumstances { get; }
}

/// <summary>
/// A webhook's form is data from outside. The messages never repeat a value: it may be a phone number.
/// </summary>
public abstract class FromTwilioValidator<TRequest> : AbstractValidator<TRequest>
    where TRequest : IFromTwilio
{
    /// <summary>Twilio limits a parameter's name and value to 500 characters together.</summary>
    private const int MaxFact = 400;

    /// <summary>The rules.</summary>
    protected FromTwilioValidator()
    {
        RuleFor(r => r.CallSid)
            .Must(CallIdentity.IsCallSid)
            .WithMessage("CallSid must be CA followed by 32 hexadecimal digits. This address is for Twilio's voice webhook.");
        RuleFor(r => r.From).Must(BeAFact).WithMessage(NotAFact("From"));
        RuleFor(r => r.To).Must(BeAFact).WithMessage(NotAFact("To"));
        RuleFor(r => r.Direction).Must(BeAFact).WithMessage(NotAFact("Direction"));
        RuleFor(r => r.AccountSid).Must(BeAFact).WithMessage(NotAFact("AccountSid"));
    }

    /// <summary>It becomes an attribute of XML, which has no place for control characters and halves of characters.</summary>
    private static bool BeAFact(string? text) => text is null || (text.Length <= MaxFact && !text.Any(char.IsControl) && TwimlDocument.CanSay(text));

    private static string NotAFact(string field) => $"{field} must be at most {MaxFact} characters of text, without control characters.";
}

/// <summary>The rules for the voice webhook.</summary>
public sealed class AnswerIncomingCallValidator : FromTwilioValidator<AnswerIncomingCall>;

/// <summary>The rules for the question that follows a stream.</summary>
public sealed class AnswerStreamEndedValidator : FromTwilioValidator<AnswerStreamEnded>;
