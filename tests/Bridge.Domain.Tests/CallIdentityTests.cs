using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

public sealed class CallIdentityTests
{
    private const string Hex32 = "0123456789abcdef0123456789ABCDEF";

    [Test]
    public void Two_well_shaped_names_make_an_identity()
    {
        Assert.That(CallIdentity.TryCreate("CA" + Hex32, "MZ" + Hex32, out var identity), Is.True);
        Assert.That((identity!.CallSid, identity.StreamSid), Is.EqualTo(("CA" + Hex32, "MZ" + Hex32)));
    }

    [Test]
    public void The_same_names_are_the_same_identity()
    {
        CallIdentity.TryCreate("CA" + Hex32, "MZ" + Hex32, out var one);
        CallIdentity.TryCreate("CA" + Hex32, "MZ" + Hex32, out var other);

        Assert.That(one, Is.EqualTo(other));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("CA")]
    [TestCase("ca" + Hex32)]
    [TestCase("MZ" + Hex32)]
    [TestCase("CA" + Hex32 + "0")]
    [TestCase("CA0123456789abcdef0123456789ABCDE")]
    [TestCase("CA0123456789abcdef0123456789ABCDEG")]
    [TestCase("CA0123456789abcdef0123456789ABCDE\n")]
    [TestCase("CA0123456789abcdef0123456789ABCDE\uFF11")]
    [TestCase(" CA123456789abcdef0123456789ABCDEF")]
    public void A_call_by_another_shape_is_refused(string? callSid)
    {
        Assert.That(CallIdentity.TryCreate(callSid, "MZ" + Hex32, out var identity), Is.False);
        Assert.That(identity, Is.Null);
        Assert.That(CallIdentity.IsCallSid(callSid), Is.False);
    }

    [TestCase(null)]
    [TestCase("CA" + Hex32)]
    [TestCase("MZ\",\"x\":\"0123456789abcdef0123456789")]
    public void A_stream_by_another_shape_is_refused(string? streamSid) =>
        Assert.That(CallIdentity.TryCreate("CA" + Hex32, streamSid, out _), Is.False);
}
