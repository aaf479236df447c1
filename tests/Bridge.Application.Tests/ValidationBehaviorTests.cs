using Bridge.Application.Behaviors;
using FluentValidation;
using FluentValidation.Results;
using NSubstitute;

namespace Bridge.Application.Tests;

public sealed class ValidationBehaviorTests
{
    private int _handled;

    [Test]
    public async Task A_request_nobody_objects_to_reaches_its_handler_once()
    {
        var answer = await Behavior(Validator(), Validator()).Handle("request", CancellationToken.None, HandleAsync);

        Assert.That((answer, _handled), Is.EqualTo((42, 1)));
    }

    [Test]
    public async Task A_request_without_validators_reaches_its_handler()
    {
        Assert.That(await Behavior().Handle("request", CancellationToken.None, HandleAsync), Is.EqualTo(42));
    }

    [Test]
    public async Task A_faulty_request_reaches_no_handler_and_every_validators_faults_are_told()
    {
        var behavior = Behavior(Validator("a"), Validator(), Validator("b", "c"));

        var refused = await Assert.ThrowsAsync<ValidationException>(() => behavior.Handle("request", CancellationToken.None, HandleAsync));
        Assert.That(refused!.Errors.Select(e => e.ErrorMessage), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(_handled, Is.Zero);
    }

    private static ValidationBehavior<string, int> Behavior(params IValidator<string>[] validators) => new(validators);

    private static IValidator<string> Validator(params string[] faults)
    {
        var validator = Substitute.For<IValidator<string>>();
        validator.Validate("request").Returns(new ValidationResult(faults.Select(f => new ValidationFailure("", f))));
        return validator;
    }

    private Task<int> HandleAsync()
    {
        _handled++;
        return Task.FromResult(42);
    }
}
