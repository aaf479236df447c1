using Bridge.Application.IncomingCalls;

namespace Bridge.Application.Tests;

public sealed class AnswerIncomingCallValidatorTests
{
    private static readonly AnswerIncomingCall Good = new(TestNames.CallSid, "+15005550006", "+15005550009", "inbound", "bridge.example", "");

    [Test]
    public void A_webhook_as_Twilio_sends_it_is_good() => Assert.That(Faults(Good), Is.Empty);

    [TestCase("anonymous")]
    [TestCase("client:alice")]
    [TestCase("sip:bob@example.com:5060;transport=tls")]
    [TestCase("")]
    [TestCase(null)]
    public void A_caller_need_not_be_a_number(string? from) => Assert.That(Faults(Good with { From = from }), Is.Empty);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("CA123")]
    [TestCase("AC0123456789abcdef0123456789abcdef")]
    public void Without_a_calls_name_it_is_no_webhook(string? callSid) =>
        Assert.That(Faults(Good with { CallSid = callSid }), Is.EqualTo(new[] { "CallSid" }));

    [TestCase(0x00)]
    [TestCase(0x0A)]
    [TestCase(0x7F)]
    [TestCase(0xD83D)]
    [TestCase(0xFFFF)]
    public void A_fact_that_is_no_text_for_XML_is_refused(int character)
    {
        var text = "+1500" + (char)character;
        Assert.That(Faults(Good with { From = text }), Is.EqualTo(new[] { "From" }));
        Assert.That(Faults(Good with { To = text }), Is.EqualTo(new[] { "To" }));
        Assert.That(Faults(Good with { Direction = text }), Is.EqualTo(new[] { "Direction" }));
        Assert.That(Faults(Good with { AccountSid = text }), Is.EqualTo(new[] { "AccountSid" }));
    }

    [Test]
    public void A_fact_longer_than_Twilio_hands_on_is_refused()
    {
        Assert.That(Faults(Good with { From = new string('1', 400) }), Is.Empty);
        Assert.That(Faults(Good with { From = new string('1', 401) }), Is.EqualTo(new[] { "From" }));
    }

    [Test]
    public void All_faults_are_named_at_once_and_none_repeats_a_value()
    {
        var result = new AnswerIncomingCallValidator().Validate(new AnswerIncomingCall("secret\0", "secret\0", "secret\0", "secret\0", "bridge.example", ""));

        Assert.That(result.Errors.Select(e => e.PropertyName), Is.EqualTo(new[] { "CallSid", "From", "To", "Direction" }));
        Assert.That(result.Errors.Select(e => e.ErrorMessage), Has.None.Contains("secret"));
    }

    private static IEnumerable<string> Faults(AnswerIncomingCall call) => new AnswerIncomingCallValidator().Validate(call).Errors.Select(e => e.PropertyName);
}
