using Bridge.Simulator.Matrix;

namespace Bridge.Simulator.Tests;

internal sealed class FaultTableTests
{
    private static readonly BridgeProfile Profile = new("any");
    private static readonly FaultRow Row = new("A1", "a fault", TimeSpan.FromSeconds(1), [Variant("one"), Variant("two")]);

    [Test]
    public void A_row_has_passed_when_every_variant_has()
    {
        var row = new RowResult(Row, [Result("one"), Result("two")]);
        Assert.That(row.HasPassed, Is.True);
        Assert.That(Printed(row), Does.Match(@"A1 +\| a fault +\| greeting +\| 12 ms +\| 340 ms +\| passed"));
    }

    [Test]
    public void A_variant_that_failed_fails_the_row_and_says_why()
    {
        var row = new RowResult(Row, [Result("one"), Result("two", "the model was dialled twice")]);
        Assert.That(row.HasPassed, Is.False);
        Assert.That(Printed(row), Does.Contain("FAILED: two").And.Contain("    the model was dialled twice"));
    }

    [Test]
    public void A_variant_that_was_not_run_fails_the_row()
    {
        var row = new RowResult(Row, [Result("one")]);
        Assert.That(row.HasPassed, Is.False);
        Assert.That(Printed(row), Does.Contain("FAILED: 1 not run"));
    }

    [Test]
    public void A_repetition_is_printed_even_if_it_passed() =>
        Assert.That(Printed(new RowResult(Row, [Result("one"), Result("two") with { Repeated = "repeated: late" }])), Does.Contain("A1, two (repeated: late): passed"));

    [Test]
    public void What_runs_elsewhere_is_not_passed()
    {
        var text = new StringWriter();
        FaultTable.Print(text, [], [new RowElsewhere("D6", "a crash", "dotnet test")]);
        Assert.That(text.ToString(), Does.Contain("runs in dotnet test").And.Not.Contain("passed"));
    }

    [TestCase(199, true)]
    [TestCase(200, false)]
    public void A_measurement_must_stay_below_its_limit(int milliseconds, bool passes)
    {
        var measured = Measurement.Of("x", Enumerable.Repeat(TimeSpan.FromMilliseconds(milliseconds), 100), 0.99, 200, 100, []);
        Assert.That(measured.HasPassed, Is.EqualTo(passes));
    }

    [Test]
    public void A_measurement_over_too_few_has_failed() =>
        Assert.That(Measurement.Of("x", [TimeSpan.Zero], 0.99, 200, 100, []).HasPassed, Is.False);

    private static RowVariant Variant(string name) => new(name, Profile, static _ => Task.CompletedTask);

    private static VariantResult Result(string name, params string[] problems) =>
        new("A1", name, "greeting", TimeSpan.FromMilliseconds(12), TimeSpan.FromMilliseconds(340), problems);

    private static string Printed(RowResult row)
    {
        var text = new StringWriter();
        FaultTable.Print(text, [row], []);
        return text.ToString();
    }
}
