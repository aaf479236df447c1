using Bridge.Simulator.Commands;
using Bridge.Simulator.Load;
using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The command line of <c>load</c>.</summary>
internal sealed class LoadOptionsTests
{
    [Test]
    public void Nothing_said_is_two_rounds_of_all_three_with_two_hundred_calls()
    {
        var options = LoadOptions.Parse([]);
        Assert.Multiple(() =>
        {
            Assert.That(options.Plan, Is.EqualTo(new LoadPlan(200, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5), 100, Tls: false)));
            Assert.That(options.Rounds, Is.EqualTo(2));
            Assert.That(options.Subjects, Is.EqualTo(new[] { "bridge", "relay", "relay, tuned" }));
            Assert.That((options.Url, options.ModelPort, options.Pid, options.JsonFile), Is.EqualTo(((Uri?)null, 0, (int?)null, (string?)null)));
            Assert.That((options.AuthToken, options.PublicUrl), Is.EqualTo(((string?)null, (Uri?)null)));
            Assert.That((options.IsQuiet, options.SetUpsPerSecond, options.IsVerbose), Is.EqualTo((false, 0.0, false)));
        });
    }

    [Test]
    public void Everything_said_is_taken()
    {
        var options = LoadOptions.Parse(
            ["--calls", "800", "--seconds", "1800", "--warm", "0", "--rounds", "1", "--ramp", "50.5", "--subjects", "tuned, bridge", "--tls", "--setups", "200", "--json", "x.json", "--verbose"]);
        Assert.Multiple(() =>
        {
            Assert.That(options.Plan, Is.EqualTo(new LoadPlan(800, TimeSpan.FromMinutes(30), TimeSpan.Zero, 50.5, Tls: true, IsQuiet: false, SetUpsPerSecond: 200)));
            Assert.That(options.Rounds, Is.EqualTo(1));
            Assert.That(options.Subjects, Is.EqualTo(new[] { "relay, tuned", "bridge" }));
            Assert.That((options.SetUpsPerSecond, options.JsonFile, options.IsVerbose), Is.EqualTo((200.0, "x.json", true)));
            Assert.That(LoadOptions.Parse(["--quiet"]).IsQuiet, Is.True);
        });
    }

    [Test]
    public void A_bridge_that_runs_already_is_told_by_its_webhook()
    {
        var options = LoadOptions.Parse(["--url", "http://127.0.0.1:8000/incoming-call", "--pid", "4711", "--auth-token", "secret", "--public-url", "https://bridge.test"]);
        Assert.Multiple(() =>
        {
            Assert.That(options.Url, Is.EqualTo(new Uri("http://127.0.0.1:8000/incoming-call")));
            Assert.That((options.ModelPort, options.Pid, options.AuthToken), Is.EqualTo((9000, (int?)4711, "secret")));
            Assert.That(options.PublicUrl, Is.EqualTo(new Uri("https://bridge.test")));
        });
    }

    [TestCase("--calls 0", "--calls must be a number from 1 to 5000, not '0'.")]
    [TestCase("--calls 5001", "--calls must be a number from 1 to 5000, not '5001'.")]
    [TestCase("--calls 1.5", "--calls must be a whole number, not '1.5'.")]
    [TestCase("--calls many", "--calls must be a number from 1 to 5000, not 'many'.")]
    [TestCase("--calls NaN", "--calls must be a number from 1 to 5000, not 'NaN'.")]
    [TestCase("--calls", "--calls needs a value.")]
    [TestCase("--seconds 0", "--seconds must be a number from 1 to 7200, not '0'.")]
    [TestCase("--seconds 7201", "--seconds must be a number from 1 to 7200, not '7201'.")]
    [TestCase("--warm -1", "--warm must be a number from 0 to 600, not '-1'.")]
    [TestCase("--rounds 21", "--rounds must be a number from 1 to 20, not '21'.")]
    [TestCase("--rounds 2.5", "--rounds must be a whole number, not '2.5'.")]
    [TestCase("--ramp 0", "--ramp must be a number from 1 to 5000, not '0'.")]
    [TestCase("--setups -1", "--setups must be a number from 0 to 5000, not '-1'.")]
    [TestCase("--subjects bridge,kettle", "--subjects are of bridge, relay, tuned, with commas between them; 'kettle' is none.")]
    [TestCase("--subjects bridge,", "--subjects are of bridge, relay, tuned, with commas between them; '' is none.")]
    [TestCase("--subjects relay,relay", "--subjects names one twice: 'relay,relay'.")]
    [TestCase("--url ws://x/", "--url must be an http or https address, not 'ws://x/'.")]
    [TestCase("--url http://x/ --model-port 0", "--model-port must be a number from 1 to 65535, not '0'.")]
    [TestCase("--url http://x/ --pid x", "--pid must be a number from 1 to 2147483647, not 'x'.")]
    [TestCase("--url http://x/ --public-url x", "--public-url must be an http or https address, not 'x'.")]
    [TestCase("--model-port 9000", "--model-port is about a bridge that runs already: give its webhook too, --url.")]
    [TestCase("--pid 12", "--pid is about a bridge that runs already: give its webhook too, --url.")]
    [TestCase("--auth-token x", "--auth-token is about a bridge that runs already: give its webhook too, --url.")]
    [TestCase("--public-url https://x", "--public-url is about a bridge that runs already: give its webhook too, --url.")]
    [TestCase("--quiet --setups 5", "--quiet and --setups are two different loads: one at a time.")]
    public void What_is_wrong_is_said_in_a_sentence(string line, string sentence) =>
        Assert.That(() => LoadOptions.Parse(line.Split(' ')), Throws.TypeOf<UsageException>().With.Message.EqualTo(sentence));

    [Test]
    public void A_file_that_cannot_be_written_is_said_before_anything_is_measured()
    {
        var folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "no such folder");
        Assert.That(
            () => LoadOptions.Parse(["--json", Path.Combine(folder, "x.json")]),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--json: there is no folder {folder}."));
    }

    [Test]
    public void An_unknown_option_is_named() =>
        Assert.That(() => LoadOptions.Parse(["--call", "5"]), Throws.TypeOf<UsageException>().With.Message.Contains("'--call'").And.Message.Contains("--calls"));
}
