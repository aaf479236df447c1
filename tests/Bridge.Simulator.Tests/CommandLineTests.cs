using Bridge.Simulator.Commands;

namespace Bridge.Simulator.Tests;

internal sealed class CommandLineTests
{
    [Test]
    public void Options_have_values_and_flags_have_none()
    {
        var line = Parse("--verbose", "--port", "9000", "--url", "http://127.0.0.1:8000/x");
        Assert.Multiple(() =>
        {
            Assert.That(line.Has("--verbose"), Is.True);
            Assert.That(line.Number("--port", 1, 0, 65535), Is.EqualTo(9000));
            Assert.That(line.Number("--speed", 4, 0, 9), Is.EqualTo(4));
            Assert.That(line.Address("--url"), Is.EqualTo(new Uri("http://127.0.0.1:8000/x")));
            Assert.That(line.Text("--speed"), Is.Null);
        });
    }

    [Test]
    public void What_is_wrong_is_named()
    {
        Assert.That(() => Parse("--prot", "1"), Throws.TypeOf<UsageException>().With.Message.Contains("'--prot'").And.Message.Contains("--port"));
        Assert.That(() => Parse("--port"), Throws.TypeOf<UsageException>().With.Message.Contains("--port needs a value"));
        Assert.That(() => Parse("--port", "x").Number("--port", 1, 0, 9), Throws.TypeOf<UsageException>().With.Message.Contains("from 0 to 9"));
        Assert.That(() => Parse("--url", "ws://x/").Address("--url"), Throws.TypeOf<UsageException>().With.Message.Contains("http"));
    }

    private static CommandLine Parse(params string[] arguments) => new(arguments, ["--port", "--speed", "--url"], ["--verbose"]);
}
