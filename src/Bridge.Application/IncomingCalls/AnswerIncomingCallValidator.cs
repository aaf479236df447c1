using Bridge.Domain.Calls;
using FluentValidation;

namespace Bridge.Application.IncomingCalls;

/// <summary>
/// A webhook's form is data from outside. The messages never repeat a value: it may be a phone number.
/// </summary>
public sealed class AnswerIncomingCallValidator : AbstractValidator<AnswerIncomingCall>
{
    /// <summary>Twilio limits a parameter's name and value to 500 characters together.</summary>
    private const int MaxFact = 400;

    /// <summary>The rules.</summary>
    public AnswerIncomingCallValidator()
    {
        RuleFor(r => r.CallSid)
            .Must(CallIdentity.IsCallSid)
            .WithMessage("CallSid must be CA followed by 32 hexadecimal digits. This address is for Twilio's voice webhook.");
        RuleFor(r => r.From).Must(BeAFact).WithMessage(NotAFact("From"));
        RuleFor(r => r.To).Must(BeAFact).WithMessage(NotAFact("To"));
        RuleFor(r => r.Direction).Must(BeAFact).WithMessage(NotAFact("Direction"));
    }

    /// <summary>It becomes an attribute of XML, which has no place for control characters and halves of characters.</summary>
    private static bool BeAFact(string? text) => text is null || (text.Length <= MaxFact && !text.Any(char.IsControl) && TwimlDocument.CanSay(text));

    private static string NotAFact(string field) => $"{field} must be at most {MaxFact} characters of text, without control characters.";
}
