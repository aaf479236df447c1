namespace Bridge.Simulator.Tests;

internal sealed class CloseInfoTests
{
    [TestCase(ClosedBy.Bridge, 1000, "", "by the bridge, status 1000")]
    [TestCase(ClosedBy.Bridge, 1011, "no model", "by the bridge, status 1011, \"no model\"")]
    [TestCase(ClosedBy.Bridge, 1005, "", "by the bridge, without a status")]
    [TestCase(ClosedBy.Broken, null, "reset by peer", "by a broken connection: reset by peer")]
    [TestCase(ClosedBy.Us, 1000, "", "by the simulator")]
    public void It_says_in_words_how_a_socket_was_ended(ClosedBy by, int? status, string description, string words) =>
        Assert.That(new CloseInfo(by, status, description, At: 12345).ToString(), Is.EqualTo(words));
}
